"""Citations stay true when the ledger left out the middle of what was read."""

from pathlib import Path

from orchestrator.agents.rules.filed import Filed, filed
from orchestrator.evidence.ledger import Ledger
from orchestrator.project import IncidentFolder


def test_lines_before_and_after_the_gap_are_cited_where_they_are_now(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-1")
    folder.create()
    content = "".join(f"line {n}\n" for n in range(1, 2001))
    ledger = Ledger(folder, limit=4000)
    stored = ledger.read(ledger.store(content).path)
    kept = filed("E7", content, stored)
    for line in (1, 100, 1900, 2000):
        eid, _, at = kept.at(line).partition(":")
        assert eid == "E7"
        assert stored.splitlines()[int(at) - 1] == f"line {line}"
    assert kept.at(1000) == "E7"


def test_whole_content_is_cited_as_read() -> None:
    assert filed("E7", "a\nb\n", "a\nb\n").at(2) == "E7:2"
    assert Filed("E7").at(0) == "E7"
