"""`warroom export`: one page or one object, complete, private, and deaf to what is injected."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recount.lines import Lines
from benchmarks.recount.page import Page
from orchestrator.cli import main
from orchestrator.clock import FakeClock
from orchestrator.documents.export import FORMAT, VERSION, export
from orchestrator.documents.export_page import page
from orchestrator.documents.recorded_samples import recorded
from orchestrator.journal.read import load_state
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import IncidentFolder, Project, write_private
from tests.flow.reviewed import reviewed
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import INCIDENT, story, write_incident

EVIL = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>"
Said = pytest.CaptureFixture[str]


class Facts(HTMLParser):
    """What a page holds: its tags, their attributes, its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def project_of(root: Path, events: list[Event] | None = None, samples: bool = True) -> Project:
    project = Project(root)
    project.create()
    write_incident(project.incidents, events or story())
    if samples:
        project.metrics.mkdir(parents=True, exist_ok=True)
        lines = [
            {"t": T0 + s, "ok": True, "values": {"errors": 0.9 if -38 <= s < 549 else 0.0}}
            for s in range(-1800, 1900, 10)
        ]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        write_private(project.metrics / "orders.ndjson", text)
    return project


def exported(root: Path, *words: str) -> int:
    code = main(["export", INCIDENT, "--project", str(root), *words])
    assert isinstance(code, int)
    return code


@pytest.fixture
def html(tmp_path: Path) -> str:
    project_of(tmp_path)
    out = tmp_path / "out.html"
    assert exported(tmp_path, "-o", str(out)) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    return out.read_text()


def test_the_page_needs_nothing_from_outside(html: str) -> None:
    facts = Facts(html)
    names = {tag for tag, _ in facts.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    policy = next(m for m in facts.of("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    for _, attrs in facts.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "src"]
        assert (attrs.get("href") or "#").startswith("#")
    assert "@import" not in html
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_the_page_tells_all_of_the_incident(html: str, tmp_path: Path) -> None:
    facts = Facts(html)
    state, _ = load_state(Project(tmp_path).incident(INCIDENT).journal)
    for item in state.evidence.values():
        assert item.sha256 in facts.words
        assert any(attrs.get("id") == item.eid for attrs in facts.of("tr"))
    for approval in state.approvals.values():
        assert approval.sha256 in facts.words
        assert "bin/deploy orders" in facts.words
    for deadline in state.deadlines.values():
        assert deadline.name.replace("-", " ") in facts.words
    for message in state.messages:
        assert message in facts.words
    for words in ("Resolved after", "24 min 9 s", "9 min 47 s", "Post-incident review: INC-2031",
                  "carried out; the signals came back", "What could improve"):  # fmt: skip
        assert words in facts.words


def test_each_citation_of_the_page_leads_to_its_evidence(html: str) -> None:
    facts = Facts(html)
    ids = {attrs["id"] for _, attrs in facts.tags if "id" in attrs}
    targets = {str(attrs["href"])[1:] for attrs in facts.of("a")}
    assert targets <= ids
    assert "E1" in targets


def test_the_chart_has_the_samples_and_the_marks(html: str) -> None:
    facts = Facts(html)
    lines = [attrs for attrs in facts.of("line") if "mark" in (attrs["class"] or "")]
    assert [attrs["class"] for attrs in lines] == [
        "mark harm",
        "mark harm",
        "mark change",
        "mark well",
    ]
    places = [float(attrs["x1"] or 0) for attrs in lines]
    assert places == sorted(places)
    for told in ("13:59:22 impact", "14:00:00 detected", "14:08:32 change 1", "14:09:09 restored"):
        assert told in facts.words
    points = str(facts.of("polyline")[0]["points"]).split()
    assert len(points) > 300


def test_without_a_ring_the_samples_filed_as_evidence_are_drawn(tmp_path: Path) -> None:
    project = project_of(tmp_path, samples=False)
    folder = project.incident(INCIDENT)
    state, _ = load_state(folder.journal)
    found = recorded(state, folder)
    assert found.source == "the samples filed as evidence, rounded as filed"
    assert {"requests", "errors", "p95"} <= found.signals.keys()
    times = [at for at, _ in found.signals["errors"]]
    assert min(times) < T0 - 38 < max(times)


def test_without_any_sample_the_page_says_so(tmp_path: Path) -> None:
    project = project_of(tmp_path, samples=False)
    folder = project.incident(INCIDENT)
    state, events = load_state(folder.journal)
    for item in state.evidence.values():
        (folder.path / item.path).unlink(missing_ok=True)
    text = page(export(state, events, folder, recorded(state, folder), 0.0))
    assert "Not available: no samples of this time are kept" in text


def poisoned(events: list[Event]) -> list[Event]:
    """The story with markup in every text that comes from outside."""
    found = []
    for event in events:
        data = event.data
        if isinstance(data, ev.IncidentDetected):
            data = replace(data, title=EVIL, symptoms=EVIL, service=data.service)
        elif isinstance(data, ev.EvidenceAdded):
            data = replace(data, summary=EVIL, command=f"tail {EVIL}")
        elif isinstance(data, ev.NoteAdded):
            data = replace(data, text=EVIL)
        elif isinstance(data, ev.ApprovalRequested):
            data = replace(data, title=EVIL, card={**data.card, "argv": ["run", EVIL]})
        elif isinstance(data, ev.CauseConcluded):
            data = replace(data, statement=f"{EVIL} [x](javascript:alert(1))")
        found.append(replace(event, data=data))
    return found


def test_what_is_injected_stays_words(tmp_path: Path) -> None:
    project = project_of(tmp_path, poisoned(story()))
    folder = project.incident(INCIDENT)
    review = folder.document("post-incident-review.md")
    review.write_text(
        f"{review.read_text()}\n\n{EVIL}\n\n[a](javascript:alert(1)) ![b](http://e)\n"
    )
    assert exported(tmp_path, "-o", str(tmp_path / "out.html")) == 0
    text = (tmp_path / "out.html").read_text()
    facts = Facts(text)
    assert not {tag for tag, _ in facts.tags} & {"script", "img"}
    assert "<script" not in text.lower()
    assert not re.search(r"<[^>]*javascript:", text)
    assert EVIL in facts.words


def test_the_object_is_whole_and_can_be_counted_again(tmp_path: Path) -> None:
    project_of(tmp_path)
    out = tmp_path / "out.json"
    assert exported(tmp_path, "--json", "-o", str(out)) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    body: dict[str, Any] = json.loads(out.read_text())
    state, events = load_state(Project(tmp_path).incident(INCIDENT).journal)
    assert (body["format"], body["version"]) == (FORMAT, VERSION)
    assert set(body) == {
        *("format", "version", "exported_at", "need_to_know", "incident", "seconds", "slo"),
        *("cause", "deadlines", "changes", "approvals", "timeline", "evidence", "messages"),
        *("documents", "missing", "questions", "samples", "head", "journal"),
    }
    assert [line["seq"] for line in body["journal"]] == list(range(1, len(events) + 1))
    assert body["head"] == {"seq": state.seq, "hash": events[-1].hash}
    assert body["seconds"]["resolution"] == 1449.1
    assert {one["path"] for one in body["documents"]} == set(state.documents)
    assert all(one["text"] and one["text_sha256"] for one in body["documents"])


def test_the_numbers_of_a_review_can_be_counted_from_the_object_alone(tmp_path: Path) -> None:
    one = next(iter(reviewed(1, 5, tmp_path)))
    folder = IncidentFolder(one.journal.parent)
    state, events = load_state(one.journal)
    given = json.loads(json.dumps(export(state, events, folder, recorded(state, folder), 0.0)))
    result = Page(Lines(given["journal"])).check(one.review.read_text())
    assert result.problems == []


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path, capsys: Said) -> None:
    project_of(tmp_path)
    out = tmp_path / "mine.html"
    out.write_text("mine")
    assert exported(tmp_path, "-o", str(out)) == 1
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert exported(tmp_path, "-o", str(out), "--force") == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert exported(tmp_path, "-o", str(tmp_path / "no" / "x.html")) == 1
    assert "no such folder" in capsys.readouterr().err


def test_a_possible_breach_is_exported_only_when_asked_for_and_says_so(
    tmp_path: Path, capsys: Said
) -> None:
    events = [*story()[:-1]]
    last = events[-1]
    breach = ev.ExceptionDeclared("security", "triage found data loss", ("preserve evidence",))
    events.append(Event(last.seq + 1, "exception/security", last.at, ev.FLOW, breach))
    project_of(tmp_path, events)
    out = tmp_path / "out.html"
    assert exported(tmp_path, "-o", str(out)) == 4
    assert "--need-to-know" in capsys.readouterr().err
    assert not out.exists()
    assert exported(tmp_path, "--need-to-know", "-o", str(out)) == 0
    words = Facts(out.read_text()).words
    assert "NEED TO KNOW" in words
    assert words.index("NEED TO KNOW") < words.index("Signals")


def test_an_altered_journal_is_not_exported(tmp_path: Path, capsys: Said) -> None:
    journal = project_of(tmp_path).incident(INCIDENT).journal
    journal.write_text(journal.read_text().replace("look there first", "look elsewhere"))
    assert exported(tmp_path, "-o", str(tmp_path / "out.html")) == 3
    assert "is broken" in capsys.readouterr().err
    assert main(["export", "INC-NONE", "--project", str(tmp_path)]) == 2


def test_an_open_incident_says_what_is_not_there_yet(tmp_path: Path) -> None:
    events = [event for event in escalated_story() if event.at < T0 + 600]
    project = project_of(tmp_path, events)
    folder = project.all_incidents()[0]
    state, told = load_state(folder.journal)
    text = page(export(state, told, folder, recorded(state, folder), FakeClock().now()))
    assert "Not available: missing" in text
    assert "UNKNOWN" in text


def test_a_line_torn_inside_a_character_is_left_out(tmp_path: Path) -> None:
    journal = project_of(tmp_path).incident(INCIDENT).journal
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"v":1,"text":"\xe2')
    out = tmp_path / "out.json"
    assert exported(tmp_path, "--json", "-o", str(out)) == 0
    assert len(json.loads(out.read_text("utf-8"))["journal"]) == whole.count(b"\n")


def test_what_is_written_while_it_is_exported_is_not_in_it(tmp_path: Path) -> None:
    folder = project_of(tmp_path).incident(INCIDENT)
    state, events = load_state(folder.journal)
    with folder.journal.open("ab") as file:
        file.write(folder.journal.read_bytes().splitlines(keepends=True)[-1])
    body = export(state, events, folder, recorded(state, folder), T0)
    assert body["journal"][-1]["hash"] == body["head"]["hash"]
    assert len(body["journal"]) == len(events)


def test_a_journal_without_an_incident_is_not_exported(tmp_path: Path, capsys: Said) -> None:
    journal = project_of(tmp_path).incident(INCIDENT).journal
    journal.write_bytes(b"")
    out = tmp_path / "out.html"
    assert exported(tmp_path, "-o", str(out)) == 3
    assert "holds no incident" in capsys.readouterr().err
    journal.unlink()
    journal.mkdir()
    assert exported(tmp_path, "-o", str(out)) == 3
    assert "cannot be read" in capsys.readouterr().err
    assert not out.exists()
