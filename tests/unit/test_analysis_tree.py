"""Sources are read as trees by several tasks at once, whatever is collected in between."""

import threading

from orchestrator.evidence.analysis.tree import tree

SOURCE = "\n".join(
    f"def f{n}(a, b=[1, 2, (3, {{4: 5}})]):\n    return [x for x in a if x * b[0] > f{n}(x)]"
    for n in range(60)
)


class Garbage:
    """A cycle that runs code when it is collected, in the middle of whatever goes on."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(2000))


def test_threads_that_read_sources_at_once_all_get_their_trees() -> None:
    read: list[bool] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(60):
                for _ in range(20):
                    Garbage()
                read.append(tree(SOURCE) is not None)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert read == [True] * 240


def test_what_is_no_python_has_no_tree() -> None:
    for text in ("def f(:", "a\0b", "(" * 100_000, "-" * 100_000):
        assert tree(text) is None
