"""The diff in the runbook update applies to the real file, exactly as the document says."""

import subprocess
from pathlib import Path

import pytest

from orchestrator.agents.rules.runbook_diff import new_path
from orchestrator.documents.catalogue import CATALOGUE
from orchestrator.documents.render import context, environment, tidy
from orchestrator.project import Project, write_private
from tests.unit.fake_bench import FakeBench
from tests.unit.resolved_shop import RUNBOOK, bench_of, perform, resolved, staffed
from tests.unit.test_rules_follow_up import RUNBOOKS

DOCUMENT = "runbook-update-recommendation.md"
PLAIN = RUNBOOK.encode()


def recommended(bench: FakeBench) -> str:
    """The document over the incident's state, kept where the incident keeps it."""
    perform(bench, "review/runbook")
    bench.state.cause = {"why": "", **bench.state.cause}
    found = next(one for one in CATALOGUE if one.path == DOCUMENT)
    facts = context(found, bench.state, [])
    text = tidy(environment().get_template(found.template).render(**facts, title=found.title))
    folder = Project(bench.root).incident(bench.state.incident)
    write_private(folder.path / DOCUMENT, text)
    return text


def with_runbook(root: Path, content: bytes | None, name: str = "shop.md") -> FakeBench:
    shop = staffed(root, more=RUNBOOKS)
    (root / "runbooks").mkdir()
    if content is not None:
        (root / "runbooks" / name).write_bytes(content)
    bench = bench_of(shop)
    resolved(bench)
    return bench


def applied(root: Path, text: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    """The command that the document gives, run as it stands."""
    command = next(line for line in text.splitlines() if line.startswith("sed -n "))
    if check:
        command = command.replace("git apply ", "git apply --check ")
    return subprocess.run(  # noqa: S602 - it is this test's very question
        command, shell=True, cwd=root, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN + b"\n",
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r\n") + b"\r\n",
        PLAIN + b"\n\n\n\nlast  \nwith blanks behind   \n\n\n",
        PLAIN + b"\n```sh\nls\n```\n````md\nx\n````\n",
        PLAIN + "\nGrüße, 3 µs, 日本\n".encode(),
    ],
    ids=["no newline", "plain", "CRLF, no newline", "CRLF", "blanks", "fences", "UTF-8"],
)
def test_the_documents_diff_applies_to_the_file_as_it_is(tmp_path: Path, content: bytes) -> None:
    text = recommended(with_runbook(tmp_path, content))
    file = tmp_path / "runbooks/shop.md"
    assert file.read_bytes() == content, "nothing is written by itself"
    checked = applied(tmp_path, text, check=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert file.read_bytes() == content
    ran = applied(tmp_path, text)
    assert ran.returncode == 0, ran.stderr
    after = file.read_bytes()
    assert after.startswith(content.rstrip(b"\r\n"))
    assert b"## shop: many errors" in after
    assert after.count(b"\r\n") in (0, after.count(b"\n"))


def test_a_name_with_blanks_is_no_trouble(tmp_path: Path) -> None:
    text = recommended(with_runbook(tmp_path, PLAIN + b"\n", "shop in trouble.md"))
    assert applied(tmp_path, text).returncode == 0
    assert b"## shop: many errors" in (tmp_path / "runbooks/shop in trouble.md").read_bytes()


def test_a_secret_beside_the_place_is_not_told_and_the_diff_applies(tmp_path: Path) -> None:
    content = PLAIN + b"\npassword=hunter2hunter2hunter2\n"
    text = recommended(with_runbook(tmp_path, content))
    assert "hunter2" not in text
    assert "--unidiff-zero" in text
    ran = applied(tmp_path, text)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "runbooks/shop.md").read_bytes().startswith(content)


def test_a_file_that_is_no_utf8_is_left_alone_and_the_document_says_so(tmp_path: Path) -> None:
    bench = with_runbook(tmp_path, PLAIN + b"\n")
    (tmp_path / "runbooks/shop.md").write_bytes(PLAIN + b"\nGr\xfc\xdfe\n")
    text = recommended(bench)
    assert "Not available: The runbook runbooks/shop.md cannot be read as text." in text
    assert "```diff" not in text


def test_where_there_is_none_the_diff_makes_a_new_file(tmp_path: Path) -> None:
    text = recommended(with_runbook(tmp_path, None))
    file = tmp_path / "runbooks/shop.md"
    assert not file.exists()
    ran = applied(tmp_path, text)
    assert ran.returncode == 0, ran.stderr
    made = file.read_text()
    assert made.startswith("---\ntitle: shop: many errors\nservices: [shop]\n---\n")
    assert "As in INC-1." in made
    assert "UNKNOWN" not in made


def test_a_new_file_takes_no_name_that_is_taken(tmp_path: Path) -> None:
    assert new_path(tmp_path, "", "Shop/../x") == "runbooks/shop-x.md"
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops/shop.md").write_text("for others")
    assert new_path(tmp_path, "ops", "shop") == "ops/shop-2.md"


def test_control_characters_are_never_printed(tmp_path: Path) -> None:
    text = recommended(with_runbook(tmp_path, PLAIN + b"\n\x1b[31mred\n"))
    assert "\x1b" not in text
    assert "Not shown: there are control characters" in text
