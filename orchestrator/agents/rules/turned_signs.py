"""The signs of a regression, computed from the turn of a feature flag instead of a deploy."""

from typing import Any

from orchestrator.agents.rules.desk import assumed, claim
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.turned import linked, turn_claim, turn_line
from orchestrator.agents.rules.words import clock_time, figure, opened, quoted
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.regression import Answer, Indicator


def signs(found: Findings, staging: Indicator) -> tuple[Indicator, ...]:
    """The five indicators, held against the moment of the turn."""
    return (_worked_before(found), _after(found), _correlates(found), staging, _inflects(found))


def summary(found: Findings) -> Claim:
    """That a flag is held to have brought it, with the line of the flag log."""
    why = linked(found)
    text = f"{opened(turn_claim(found))}; no deploy lies between"
    if why is None:
        return claim(f"{text}.", turn_line(found))
    return claim(f"{text}; {why[0]}.", turn_line(found), *why[1])


def _worked_before(found: Findings) -> Indicator:
    name = "worked-before"
    flip, figures = found.turned, found.figures
    before = _before(figures, flip.at if flip else 0.0)
    if figures is None or flip is None or len(before) < 3:
        return _sign(name, "unknown", "Nobody watched before the flag was turned.", found.flags_eid)
    usual = figures.usual("errors", flip.at) or 0.0
    now = figures.during("errors", found.began)
    ill = usual > 0.05 and (now is None or usual > 0.5 * now)
    text = (
        f"With the flag at {quoted(flip.before, 20)}, {figure('errors', usual)} of requests failed"
    )
    text += f", now {figure('errors', now)}." if now is not None else "."
    return _sign(name, "no" if ill else "yes", text, figures.cite(before[-1][0]))


def _after(found: Findings) -> Indicator:
    name, line = "after-deployment", turn_line(found)
    if found.impact is None:
        text = "When the trouble began could not be told from metrics or logs."
        return _sign(name, "unknown", text, line)
    text = f"Not a deploy, but a change that went live: {turn_claim(found)}."
    return _sign(name, "yes", text, line, *found.impact.evidence[:1])


def _correlates(found: Findings) -> Indicator:
    name, why = "correlates-with-change", linked(found)
    if why is None:
        return _sign(
            name, "unknown", "Only its time ties the flag to the trouble.", turn_line(found)
        )
    return _sign(name, "yes", f"{opened(why[0])}.", turn_line(found), *why[1])


def _inflects(found: Findings) -> Indicator:
    name = "metrics-inflect"
    flip, figures = found.turned, found.figures
    assert flip is not None
    trouble = figures.trouble() if figures is not None else None
    if figures is None or trouble is None or len(_before(figures, flip.at)) < 3:
        text = "No signal left its usual course clearly, or none was watched before the turn."
        return _sign(name, "unknown", text, found.flags_eid)
    late = trouble.at < flip.at - figures.interval
    text = (
        f"{trouble.signal} stood at {figure(trouble.signal, trouble.before.centre)} until the flag "
        f"was turned at {clock_time(flip.at)} and went to {figure(trouble.signal, trouble.peak)}."
    )
    return _sign(name, "no" if late else "yes", text, figures.cite(found.began))


def _before(figures: Figures | None, at: float) -> list[tuple[float, float]]:
    return figures.points("errors", until=at) if figures is not None else []


def _sign(name: Any, holds: Answer, text: str, *evidence: str) -> Indicator:
    why = claim(text, *evidence) if any(evidence) else assumed(text)
    return Indicator(name=name, holds=holds, why=why)
