"""verify names what was altered, cut or lost, and says nothing about what was not."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.journal.append import JournalWriter
from orchestrator.journal.lines import canonical, digest
from orchestrator.journal.verify import Report, verify
from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold import advance, shape, state_hash
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project

START = 1_763_906_400.0
EVIDENCE = "2025-11-23 14:02:31 PoolTimeout: 20 of 20 connections held\n"
DOCUMENT = "# INC-7\n\nThe pool leaks.\n"
TRANSCRIPT = '{"t": 1763906401.0, "attempt": 1, "kind": "say", "text": "the pool is empty"}\n'


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def payloads() -> list[Payload]:
    """A small incident with everything in it that verify looks at."""
    facts: list[Payload] = [
        ev.IncidentDetected(
            "INC-7",
            "orders 5xx",
            "orders",
            "errors ≥ 5 %",
            "alert",
            "automated-alert",
            "P0",
            "availability",
            "orders",
            {"status": "firing", "tiny": 1e-07},
            {},
            (),
        ),
        ev.TaskRequested("tier1/data", 1, "agent", "reliability-engineer", "tier 1", "3", {}),
        ev.EvidenceAdded(
            "E1",
            "log",
            "orders",
            "tail -n 500 orders.log",
            "pool is empty\x1f",
            f"evidence/{sha(EVIDENCE)}.txt",
            sha(EVIDENCE),
            len(EVIDENCE),
            1,
            "outside",
        ),
        ev.TaskFinished(
            "tier1/data",
            1,
            "done",
            {"summary": "leak"},
            "rules",
            "",
            "transcripts/tier1-data.ndjson",
            sha(TRANSCRIPT),
        ),
        ev.DocumentWritten("incident-record.md", sha("an earlier text"), 15),
        ev.DocumentWritten("incident-record.md", sha(DOCUMENT), len(DOCUMENT)),
    ]
    return facts + [ev.NoteAdded(f"note {n}") for n in range(4)]


def sealed(facts: list[Payload]) -> list[Event]:
    """The facts as events, with the state's hash journalled behind every fifth."""
    events: list[Event] = []
    state = State()
    for fact in facts:
        seq = len(events) + 1
        event = Event(seq, f"{fact.type}/{seq}", START + seq, ev.RUNNER, fact)
        events.append(event)
        advance(state, event)
        if len(events) % 5 == 0:
            fact = ev.StateHashed(seq, state_hash(state), shape())
            events.append(Event(seq + 1, f"hashed/{seq}", START + seq, ev.RUNNER, fact))
            advance(state, events[-1])
    return events


def build(root: Path) -> tuple[IncidentFolder, Path]:
    """An incident on disk and the head its runner kept."""
    project = Project(root)
    project.create()
    folder = project.incident("INC-7")
    folder.create()
    writer = JournalWriter(folder.journal)
    writer.append(sealed(payloads()))
    writer.close()
    (folder.evidence / f"{sha(EVIDENCE)}.txt").write_text(EVIDENCE)
    (folder.path / "incident-record.md").write_text(DOCUMENT)
    (folder.transcripts / "tier1-data.ndjson").write_text(TRANSCRIPT)
    head = project.heads / "INC-7.json"
    head.write_text(json.dumps({"seq": writer.seq, "hash": writer.head}))
    return folder, head


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[IncidentFolder, Path]:
    """One incident for the tests that put everything back as it was."""
    return build(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def own(tmp_path: Path) -> tuple[IncidentFolder, Path]:
    return build(tmp_path)


def with_journal(folder: IncidentFolder, head: Path | None, body: bytes) -> Report:
    """verify of the same incident with another journal; the old one is put back."""
    before = folder.journal.read_bytes()
    folder.journal.write_bytes(body)
    try:
        return verify(folder, head)
    finally:
        folder.journal.write_bytes(before)


def rewritten(
    folder: IncidentFolder, line: int, change: Callable[[dict[str, object]], None]
) -> bytes:
    """The journal with one line changed and its own hash made right again."""
    lines = folder.journal.read_text().splitlines()
    body = json.loads(lines[line - 1])
    change(body)
    body["hash"] = digest({k: v for k, v in body.items() if k != "hash"})
    lines[line - 1] = canonical(body)
    return ("\n".join(lines) + "\n").encode()


def test_an_incident_as_its_runner_wrote_it_has_no_findings(
    whole: tuple[IncidentFolder, Path],
) -> None:
    report = verify(*whole)
    assert report.findings == ()
    assert report.notes == ()
    assert report.events == 12
    assert report.head_hash == json.loads(whole[1].read_text())["hash"]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_altering_any_one_byte_is_named(
    whole: tuple[IncidentFolder, Path], data: st.DataObject
) -> None:
    folder, head = whole
    body = bytearray(folder.journal.read_bytes())
    where = data.draw(st.integers(0, len(body) - 1))
    body[where] = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[where]))
    line = body[:where].count(b"\n") + 1
    for beside in (head, None):
        report = with_journal(folder, beside, bytes(body))
        assert not report.ok
        assert any(f"journal.jsonl line {line}:" in finding for finding in report.findings)


def test_any_other_byte_for_the_last_newline_is_named(whole: tuple[IncidentFolder, Path]) -> None:
    folder, _ = whole
    body = folder.journal.read_bytes()[:-1]
    for byte in set(range(256)) - {ord("\n")}:
        assert with_journal(folder, None, body + bytes([byte])).findings == (
            "journal.jsonl line 12: was altered (bytes behind the last whole line)",
        )


def test_every_byte_of_the_journal_is_under_the_seal(
    whole: tuple[IncidentFolder, Path],
) -> None:
    folder, _ = whole
    original = folder.journal.read_bytes()
    unseen = []
    for where in range(0, len(original), 7):
        body = bytearray(original)
        body[where] ^= 0x20  # the case of a letter: 1e-07 and 1E-07 are the same number
        if with_journal(folder, None, bytes(body)).ok:
            unseen.append(where)
    assert unseen == []


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_cut_tail_is_named_with_its_length(whole: tuple[IncidentFolder, Path], cut: int) -> None:
    folder, head = whole
    kept = folder.journal.read_bytes().splitlines(keepends=True)[:-cut]
    report = with_journal(folder, head, b"".join(kept))
    missing = "1 event is missing" if cut == 1 else f"{cut} events are missing"
    assert (
        f"journal.jsonl: journal ends at event {12 - cut}, the runner had written 12: {missing}"
        in report.findings
    )


def test_without_the_runners_head_a_cut_tail_is_only_noted_as_unprovable(
    whole: tuple[IncidentFolder, Path],
) -> None:
    folder, _ = whole
    kept = folder.journal.read_bytes().splitlines(keepends=True)[:-3]
    report = with_journal(folder, None, b"".join(kept))
    assert report.notes == ("no head of the runner's beside it: a cut tail would not be seen",)


def test_a_head_behind_the_journal_is_fine_when_its_line_is_the_one_it_names(
    own: tuple[IncidentFolder, Path],
) -> None:
    folder, head = own
    line = json.loads(folder.journal.read_text().splitlines()[8])
    head.write_text(json.dumps({"seq": line["seq"], "hash": line["hash"]}))
    assert verify(folder, head).ok
    head.write_text(json.dumps({"seq": line["seq"], "hash": "f" * 64}))
    assert verify(folder, head).findings == (
        "journal.jsonl line 9: is not the event 9 that the runner wrote",
    )


def test_a_head_that_cannot_be_read_is_a_finding(own: tuple[IncidentFolder, Path]) -> None:
    folder, head = own
    head.write_text("{")
    assert verify(folder, head).findings == ("INC-7.json: the runner's head is unreadable",)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_torn_last_line_is_a_note_and_its_lost_event_a_finding(
    whole: tuple[IncidentFolder, Path], data: st.DataObject
) -> None:
    folder, head = whole
    body = folder.journal.read_bytes()
    last = len(body.splitlines(keepends=True)[-1])
    torn = body[: len(body) - data.draw(st.integers(1, last - 1))]
    alone = with_journal(folder, None, torn)
    assert alone.ok
    assert any("line 12: torn" in note for note in alone.notes)
    assert any(
        "1 event is missing" in finding for finding in with_journal(folder, head, torn).findings
    )


@pytest.mark.parametrize("line", [1, 5, 11])
def test_a_dropped_line_is_named(whole: tuple[IncidentFolder, Path], line: int) -> None:
    folder, head = whole
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    del lines[line - 1]
    report = with_journal(folder, head, b"".join(lines))
    assert f"journal.jsonl line {line}: does not follow from the line before (broken chain)" in (
        report.findings
    )
    assert f"journal.jsonl line {line}: is event {line + 1}, expected {line}" in report.findings


def test_two_exchanged_lines_are_named(whole: tuple[IncidentFolder, Path]) -> None:
    folder, head = whole
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    lines[7], lines[8] = lines[8], lines[7]
    report = with_journal(folder, head, b"".join(lines))
    assert any("line 8: is event 9, expected 8" in finding for finding in report.findings)


def test_a_line_forged_with_a_right_hash_breaks_the_chain_behind_it(
    whole: tuple[IncidentFolder, Path],
) -> None:
    folder, head = whole
    forged = rewritten(folder, 9, lambda body: body["data"].update(text="all is well"))  # type: ignore[attr-defined]
    report = with_journal(folder, head, forged)
    assert report.findings == (
        "journal.jsonl line 10: does not follow from the line before (broken chain)",
    )


def test_a_repeated_id_is_named_with_both_lines(whole: tuple[IncidentFolder, Path]) -> None:
    folder, head = whole
    first = json.loads(folder.journal.read_text().splitlines()[8])["id"]
    report = with_journal(folder, head, rewritten(folder, 10, lambda body: body.update(id=first)))
    assert f"journal.jsonl line 10: repeats the id {first} of line 9" in report.findings


def test_a_state_hash_that_the_events_do_not_give_is_named(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-7")
    folder.create()
    events = sealed([payloads()[0], *payloads()[-4:]])
    false = ev.StateHashed(5, "0" * 64, shape())
    events[-1] = Event(6, "hashed/5", START, ev.RUNNER, false)
    JournalWriter(folder.journal).append(events)
    (finding,) = verify(folder).findings
    assert finding.startswith("journal.jsonl line 6: the state after event 5 is ")
    assert finding.endswith("the journal says 000000000000")


def test_a_state_hash_of_an_event_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-7")
    folder.create()
    ahead = Event(1, "hashed/9", START, ev.RUNNER, ev.StateHashed(9, "0" * 64))
    JournalWriter(folder.journal).append([ahead])
    assert verify(folder).findings == (
        "journal.jsonl line 1: hashes the state of event 9, not there",
    )


def test_altered_and_missing_evidence_is_named(own: tuple[IncidentFolder, Path]) -> None:
    folder, head = own
    (path,) = folder.evidence.iterdir()
    path.write_text(EVIDENCE.replace("20 of 20", "2 of 20"))
    (finding,) = verify(folder, head).findings
    assert finding.startswith(f"evidence/{path.name}: evidence E1 was altered (is ")
    path.unlink()
    assert verify(folder, head).findings == (f"evidence/{path.name}: evidence E1 is missing",)


def test_a_document_must_be_as_it_was_last_written(own: tuple[IncidentFolder, Path]) -> None:
    folder, head = own
    (folder.path / "incident-record.md").write_text("an earlier text")
    (finding,) = verify(folder, head).findings
    assert finding.startswith("incident-record.md: document was altered")


def test_a_transcript_must_be_as_it_was_when_its_task_ended(
    own: tuple[IncidentFolder, Path],
) -> None:
    folder, head = own
    path = folder.transcripts / "tier1-data.ndjson"
    path.write_text(TRANSCRIPT + TRANSCRIPT)
    finding = "transcripts/tier1-data.ndjson: transcript of tier1/data attempt 1 was altered"
    assert verify(folder, head).findings == (finding,)
    path.unlink()
    assert verify(folder, head).findings == (
        "transcripts/tier1-data.ndjson: transcript is missing",
    )


def test_a_second_attempt_may_write_on_in_the_transcript_of_the_first(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-7")
    folder.create()
    again = ev.TaskRequested("tier1/data", 2, "agent", "reliability-engineer", "tier 1", "3", {})
    facts = payloads()[:2] + payloads()[3:4] + [again]
    (folder.transcripts / "tier1-data.ndjson").write_text(TRANSCRIPT + TRANSCRIPT)
    JournalWriter(folder.journal).append(
        [Event(n, f"e/{n}", START + n, ev.RUNNER, fact) for n, fact in enumerate(facts, 1)]
    )
    assert verify(folder).findings == ()
    (folder.transcripts / "tier1-data.ndjson").write_text(TRANSCRIPT.replace("empty", "fine"))
    assert not verify(folder).ok


def test_a_path_out_of_the_folder_is_refused_unread(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-7")
    folder.create()
    outside = ev.DocumentWritten("../secret.md", sha(""), 0)
    JournalWriter(folder.journal).append([Event(1, "d", START, ev.RUNNER, outside)])
    assert verify(folder).findings == ("../secret.md: document lies outside the incident's folder",)


@pytest.mark.parametrize("body", [b"", b"\n", b"[]\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n"])
def test_a_journal_that_is_none_gives_a_finding_and_no_exception(
    whole: tuple[IncidentFolder, Path], body: bytes
) -> None:
    assert not with_journal(*whole, body).ok


def test_a_missing_journal_gives_a_finding(tmp_path: Path) -> None:
    (finding,) = verify(IncidentFolder(tmp_path / "INC-9")).findings
    assert finding.endswith("cannot be read (No such file or directory)")


def test_states_hashed_by_another_release_are_said_and_not_compared(tmp_path: Path) -> None:
    journal = Path(__file__).parent.parent / "data" / "journals" / "0.1-closed.jsonl"
    folder = Project(tmp_path).incident("INC-1")
    folder.create()
    folder.journal.write_bytes(journal.read_bytes())
    found = verify(folder)
    assert not [one for one in found.findings if "the state after event" in one]
    assert any("hashed by another release" in one for one in found.notes)
