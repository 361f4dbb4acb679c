"""A loop is named when the same comes three times in a row, and not before."""

import pytest

from orchestrator.journal.transcript import Line
from tui.looping import Loop, LoopWatch
from tui.pane_text import PaneText


def commands(*texts: str) -> Loop | None:
    watch = LoopWatch()
    for text in texts:
        watch.command(text)
    return watch.loop


def words(*texts: str) -> Loop | None:
    watch = LoopWatch()
    for text in texts:
        watch.words(text)
    return watch.loop


def test_the_same_command_three_times_in_a_row_is_a_loop() -> None:
    assert commands("kubectl get pods", "kubectl get pods") is None
    assert commands(*["kubectl get pods"] * 3) == Loop("command", 3)
    assert commands(*["kubectl get pods"] * 7) == Loop("command", 7)


def test_other_arguments_are_another_command() -> None:
    assert commands("logs pod-1", "logs pod-2", "logs pod-3") is None


def test_spaces_make_no_other_command() -> None:
    assert commands("git  log", "git log", " git log ") == Loop("command", 3)


def test_a_round_of_several_commands_is_a_loop_too() -> None:
    assert commands(*["cat a", "cat b"] * 2) is None
    assert commands(*["cat a", "cat b"] * 3) == Loop("command", 3)
    assert commands(*["cat a", "cat b", "cat c"] * 3) == Loop("command", 3)


def test_another_command_ends_it() -> None:
    assert commands(*["git log"] * 5, "git diff") is None


def test_the_same_paragraph_again_and_again_is_a_loop() -> None:
    assert words(*["Let me check the pool once more."] * 3) == Loop("words", 3)
    first, second = "Let me check the pool.", "It still is full, as before."
    assert words(*[first, second] * 3) == Loop("words", 3)


@pytest.mark.parametrize("line", ["", "}", "---", "ok"])
def test_lines_that_say_nothing_are_no_loop(line: str) -> None:
    assert words(*[line] * 9) is None


def test_the_same_words_before_different_commands_are_none() -> None:
    watch = LoopWatch()
    for pod in range(9):
        watch.words("Now the next of the pods.")
        watch.command(f"kubectl logs pod-{pod}")
    assert watch.loop is None


def test_what_is_said_and_printed_between_does_not_hide_it() -> None:
    text = PaneText(40)
    for number in range(3):
        text.feed([Line(number, 1, "say", f"Attempt {number} at the pods.\n")])
        text.feed([Line(number, 1, "call", "kubectl get pods"), Line(number, 1, "out", "12")])
    text.settle()
    assert text.loop == Loop("command", 3)


def test_another_attempt_begins_without_it() -> None:
    text = PaneText(40)
    text.feed([Line(0, 1, "call", "git log")] * 3)
    text.feed([Line(1, 2, "say", "Afresh.")])
    text.settle()
    assert text.loop is None


def test_code_that_repeats_itself_is_no_loop() -> None:
    text = PaneText(40)
    text.feed([Line(0, 1, "say", "```\n" + "connection.close()\n" * 5 + "```\n")])
    text.settle()
    assert text.loop is None
