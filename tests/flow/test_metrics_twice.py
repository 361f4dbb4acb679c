"""Report figures from the states and from raw lines: generated incidents, told ones, real ones."""

from collections.abc import Callable, Iterable, Sequence

import pytest

from orchestrator.journal.read import read_journal
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.measured import measure
from orchestrator.model.metrics_report import report
from orchestrator.model.state import State
from tests.flow.many_incidents import DAY, lines, many
from tests.flow.raw_metrics import Figure, raw_metrics
from tests.flow.simulate import T0
from tests.flow.test_earlier_journals import JOURNALS
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import leak_story, story


def computed(journals: Iterable[Sequence[Event]], now: float, drills: bool) -> dict[str, Figure]:
    measured = [measure(fold_all(State(), journal)) for journal in journals]
    found = report(measured, now, drills=drills)
    return {one.id: (one.value, one.n, one.of, one.kept) for one in found.metrics}


@pytest.mark.parametrize("now", [T0 + 100 * DAY, T0 + 200 * DAY, T0 + 600 * DAY])
@pytest.mark.parametrize("drills", [False, True])
def test_generated_incidents_give_the_same_figures_from_both(now: float, drills: bool) -> None:
    journals = many(150)
    raw = raw_metrics([lines(journal) for journal in journals], now, drills)
    assert computed(journals, now, drills) == raw


def test_the_generated_incidents_say_something_about_every_metric() -> None:
    found = computed(many(150), T0 + 200 * DAY, False)
    assert [name for name, figure in found.items() if figure[1] < 3] == []
    shares = {name: figure[0] for name, figure in found.items() if name[:3] not in ("mtt", "reg")}
    assert all(value is not None and 0 < value < 1 for value in shares.values()), shares


def test_one_day_at_a_time_gives_the_same_figures_from_both() -> None:
    for journal in many(150)[:40]:
        for now in (journal[-1].at, journal[-1].at + 40 * DAY):
            assert computed([journal], now, True) == raw_metrics([lines(journal)], now, True)


@pytest.mark.parametrize("told", [story, trouble_story, control_story, escalated_story])
def test_a_told_incident_gives_the_same_figures_from_both(told: Callable[[], list[Event]]) -> None:
    journal = tuple(told())
    now = journal[-1].at + 10 * DAY
    assert computed([journal], now, True) == raw_metrics([lines(journal)], now, True)


@pytest.mark.parametrize("seconds", [0.0, 3.0, 400.0, 600.0, 1460.0])
def test_an_incident_in_the_middle_gives_the_same_figures_from_both(seconds: float) -> None:
    journal = tuple(leak_story(seconds))
    now = journal[-1].at
    assert computed([journal], now, True) == raw_metrics([lines(journal)], now, True)


@pytest.mark.parametrize("name", ["0.1-closed.jsonl", "0.1-open.jsonl"])
def test_a_real_journal_gives_the_same_figures_from_both(name: str) -> None:
    journal = tuple(read_journal(JOURNALS / name).events)
    now = journal[-1].at + 10 * DAY
    assert computed([journal], now, True) == raw_metrics([lines(journal)], now, True)
