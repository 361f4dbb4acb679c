"""Documents tell what an approved change rested on, and why a person approved it all the same."""

from dataclasses import replace

from orchestrator.agents.rules.moments import timeline
from orchestrator.documents.completion import next_steps
from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.incident_story import WAITING, leak_story, story

ALONE = {
    "sources": ["log var/log/orders.log"],
    "single_tainted": True,
    "instructions": ["E2 line 3 gives the reader a role"],
}
WHY = "graphs <b>show</b> the same"


def overridden(events: list[Event]) -> list[Event]:
    """The told incident as if its rollback had rested on one log."""
    told: list[Event] = []
    for event in events:
        data = event.data
        if isinstance(data, ev.ApprovalRequested):
            data = replace(data, card={**data.card, "rests": ALONE})
        elif isinstance(data, ev.ApprovalGranted):
            data = replace(data, override=WHY)
        elif isinstance(data, ev.TaskRequested) and "card" in data.inputs:
            card = {**data.inputs["card"], "rests": ALONE}
            data = replace(data, inputs={**data.inputs, "card": card})
        told.append(replace(event, data=data))
    return told


def text(path: str) -> str:
    events = overridden(story())
    return render(path, fold_all(State(), events), events)


def test_the_mitigation_report_says_what_it_rested_on_and_why_it_was_enough() -> None:
    made = text("mitigation-report.md")
    assert "- **Override**: graphs" in made
    assert "<b>" not in made
    assert "- **Rests on**: one source (log var/log/orders.log)" in made
    assert "**Text meant for agents, not followed**: E2 line 3 gives the reader a role" in made


def test_so_does_the_record_of_the_change_and_the_timeline() -> None:
    events = overridden(story())
    paths = [one for one in fold_all(State(), events).documents if one.startswith("actions/")]
    assert paths
    assert all("- **Override**: graphs" in text(path) for path in paths)
    assert "approved on one source, override: graphs" in text("timeline.md")


def test_a_report_without_an_override_does_not_speak_of_one() -> None:
    events = story()
    made = render("mitigation-report.md", fold_all(State(), events), events)
    assert "Override" not in made
    assert "Rests on" not in made


def test_the_moments_that_a_review_cites_name_it() -> None:
    told = [moment.text for moment in timeline(fold_all(State(), overridden(story())))]
    assert any(text.startswith("approved by a.kim (override: graphs") for text in told)


def test_the_next_step_asks_for_the_reason() -> None:
    state = fold_all(State(), overridden(leak_story(WAITING)))
    (waits,) = (one for one in state.approvals.values() if one.open)
    step = next(step for step in next_steps(state) if waits.title in step)
    assert f"--sha256 {waits.sha256[:12]} --override WHY" in step
