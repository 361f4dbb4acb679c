"""A page goes out at least once, what became of it is kept, and nothing it needs is ever shown."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import RulesBackend
from orchestrator.checkup import rotations
from orchestrator.clock import FakeClock
from orchestrator.comms import page as paging
from orchestrator.comms.page import Apprise, Page, address_of, page
from orchestrator.conductor.perform import Performer
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings, load
from tests.unit.http_server import serving
from tests.unit.rooms import opened, shop

SECRET = "ntfys://very-secret-word@example.org/topic"
PERSON = f"""
[[people]]
name = "j.ortiz"
contact = "+49 30 1"
page = "{SECRET}"
roles = ["tier2"]
"""


class Sent:
    """A pager that notes what it is given."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.pages: list[tuple[str, str, str]] = []

    async def send(self, address: str, title: str, body: str) -> str:
        self.pages.append((address, title, body))
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, Exception):
            raise answer
        return answer


def project(root: Path) -> tuple[Project, Settings]:
    made, _ = shop(root)
    made.settings.write_text(made.settings.read_text() + PERSON)
    return made, load(made)


def to_ortiz(folder: Path) -> Page:
    return Page(folder, "j.ortiz", "P0 INC-1: orders fail", "please acknowledge", "INC-1/page")


def test_a_page_says_how_bad_it_is_and_what_to_do(tmp_path: Path) -> None:
    made, settings = project(tmp_path)
    clock, pager = FakeClock(), Sent()
    room = asyncio.run(opened(made, settings, clock))
    inputs = {"role": "on-call", "person": "j.ortiz", "number": 2, "asked": "acknowledge"}
    task = Task("page/on-call/2/j.ortiz", 1, "page", "incident-responder", "", "page", inputs, 0.0)

    async def apply(_: Any) -> None:
        return None

    performer = Performer(settings, RulesBackend(), clock, pager)
    report = asyncio.run(performer.perform(room, task, apply))
    assert report["outcome"] == "done"
    assert report["report"] == {"delivered": True, "why": "", "repeated": False}
    ((address, title, body),) = pager.pages
    assert address == SECRET
    assert title == "severity not known yet INC-1: orders fail"
    assert "Page 2 to j.ortiz" in body
    assert "warroom ack INC-1" in body
    written = [p.read_text() for p in room.folder.path.rglob("*") if p.is_file()]
    assert not any("very-secret-word" in text for text in written)


def test_after_a_kill_with_an_unknown_outcome_it_goes_out_again_and_says_so(tmp_path: Path) -> None:
    _, settings = project(tmp_path)
    what, pager = to_ortiz(tmp_path / "page"), Sent()
    what.folder.mkdir()
    (what.folder / "intent.json").write_text("{}")
    report = asyncio.run(page(what, settings, pager))
    assert report["delivered"]
    assert report["repeated"]
    assert "whether it went out before is not known" in report["why"]


def test_once_its_outcome_is_known_it_never_goes_out_again(tmp_path: Path) -> None:
    _, settings = project(tmp_path)
    what, pager = to_ortiz(tmp_path / "page"), Sent()
    first = asyncio.run(page(what, settings, pager))
    assert asyncio.run(page(what, settings, pager)) == first
    assert len(pager.pages) == 1


def test_whatever_a_service_does_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    _, settings = project(tmp_path)
    cases: list[tuple[str | Exception, str]] = [
        ("the service did not take it", "did not take it"),
        (OSError("no route"), "no route"),
    ]
    for number, (answer, why) in enumerate(cases):
        what = to_ortiz(tmp_path / f"page{number}")
        report = asyncio.run(page(what, settings, Sent(answer)))
        assert not report["delivered"]
        assert why in report["why"]


def test_a_service_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging:
        async def send(self, address: str, title: str, body: str) -> str:
            await asyncio.Event().wait()
            return ""

    monkeypatch.setattr(paging, "TIMEOUT", 0.01)
    _, settings = project(tmp_path)
    report = asyncio.run(page(to_ortiz(tmp_path / "page"), settings, Hanging()))
    assert report["why"] == "no answer within 0.01 s"


def test_an_address_may_lie_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = project(tmp_path)
    made.settings.write_text(made.settings.read_text().replace(SECRET, "ORTIZ_PAGE"))
    settings = load(made)
    assert address_of(settings, "j.ortiz") == ""
    monkeypatch.setenv("ORTIZ_PAGE", SECRET)
    assert address_of(settings, "j.ortiz") == SECRET
    assert address_of(settings, "nobody") == ""


def test_apprise_really_sends_it() -> None:
    with serving(lambda path, given: (200, "")) as web:
        address = f"json://127.0.0.1:{web.server_port}/wake?method=GET"
        assert asyncio.run(Apprise().send(address, "P0", "please")) == ""
        assert [path for path, _ in web.asked] == ["/wake"]
    with serving(lambda path, given: (500, "")) as web:
        address = f"json://127.0.0.1:{web.server_port}/wake?method=GET"
        assert asyncio.run(Apprise().send(address, "P0", "x")) == "the service did not take it"
    assert "none that apprise knows" in asyncio.run(Apprise().send("gibberish://", "P0", "x"))


def test_a_page_names_the_incident_even_before_its_severity_is_known() -> None:
    state = State(incident="INC-1", title="orders fail", drill=True)
    inputs = {"person": "a.kim", "number": 1, "asked": "acknowledge"}
    task = Task("page/x", 1, "page", "", "", "page", inputs, 0.0)
    what = Page.of(state, task, Path("x"))
    assert what.body.startswith("This is a drill.")


# --- doctor ---------------------------------------------------------------------------------------

ROTATION = """
[[rotations]]
name = "primary"
people = ["a.kim", "j.ortiz"]
starts = 2025-01-13
"""


def checked(root: Path, extra: str) -> list[str]:
    made, _ = project(root)
    made.settings.write_text(made.settings.read_text() + extra)
    found = asyncio.run(rotations.check(load(made), root, FakeClock()))
    return [f"{one.state} {one.about} {one.name}: {one.said}" for one in found]


def test_doctor_says_who_is_on_call_now_and_tomorrow_and_that_there_is_no_gap(
    tmp_path: Path,
) -> None:
    found = checked(tmp_path, ROTATION)
    assert "ok rotation primary now: on-call: a.kim, then j.ortiz" in found
    assert "ok rotation primary in 24 h: on-call: j.ortiz, then a.kim" in found
    assert "ok rotation primary gaps: none in 14 days" in found
    assert any(line.startswith("ok person j.ortiz page: by ntfys") for line in found)
    assert not any("very-secret-word" in line for line in found)


def test_doctor_names_gaps_shared_tokens_and_addresses_that_are_none(tmp_path: Path) -> None:
    token = f'token_sha256 = "{"a" * 64}"\n'
    more = f"""
[[people]]
name = "x"
{token}page = "NOT_SET_ANYWHERE"
[[people]]
name = "y"
{token}page = "gibberish://x"
"""
    found = checked(tmp_path, more + ROTATION.replace("2025-01-13", "2025-11-26"))
    assert any(line.startswith("bad rotation primary gaps: nobody is on call") for line in found)
    assert any(line.startswith("bad rotation primary now: nobody is on-call") for line in found)
    assert any(line.startswith("bad person y token: is x's token, too") for line in found)
    assert any("NOT_SET_ANYWHERE is empty here" in line for line in found)
    assert any("none that apprise knows" in line for line in found)


def test_doctor_says_that_a_calendar_is_gone(tmp_path: Path) -> None:
    found = checked(tmp_path, '[[rotations]]\nname = "r"\nics = "gone.ics"\n')
    assert "bad rotation r shifts: gone.ics: No such file or directory" in found


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("DTSTART:00010101T000000Z\nDTEND:99991231T000000Z", "x.ics is no calendar: "),
        ("DTSTART:20250101T000000Z\nRRULE:FREQ=WEEKLY;INTERVAL=0", "x.ics repeats without end: "),
    ],
)
def test_doctor_says_what_breaks_the_reading_of_a_calendar(
    tmp_path: Path, lines: str, said: str
) -> None:
    body = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:x\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    (tmp_path / "x.ics").write_text(body)
    found = checked(tmp_path, '[[rotations]]\nname = "r"\nics = "x.ics"\n')
    assert any(line.startswith(f"bad rotation r shifts: {said}") for line in found), found


def test_the_outcome_is_on_the_disk_in_one_file(tmp_path: Path) -> None:
    _, settings = project(tmp_path)
    what = to_ortiz(tmp_path / "page")
    asyncio.run(page(what, settings, Sent("no")))
    assert json.loads((what.folder / "outcome.json").read_text())["why"] == "no"
