"""What the board says of each incident and each promise, as lines of a list. Pure."""

from collections.abc import Sequence

from orchestrator.clock import span
from orchestrator.model.state import State
from tui.glyphs import mark
from tui.promises import Promise
from tui.samples import Ring, buckets
from tui.widgets.chooser import Line
from tui.widgets.chooser import Runs as ChooserRuns
from tui.widgets.deadline_strip import GLYPHS
from tui.widgets.signals import SIGNALS, WINDOW, figure, scale, spark

CELLS = 12
SIGNAL_CELLS = 26
VERDICT = 22
RANK = {"P0": 0, "P1": 1, "P2": 2, "P3": 3}
BADLY = ("P0", "P1")
TONES = {"calm": "text", "half": "text", "near": "warn*", "due": "warn*", "late": "breach*"}
BARS = {"calm": "bar", "half": "muted", "near": "warn", "due": "warn", "late": "breach"}

Runs = list[tuple[str, str]]


def by_severity(states: Sequence[State]) -> list[State]:
    """Open ones first, the worst first, and of those the oldest first."""
    return sorted(
        states, key=lambda s: (not s.open, RANK.get(s.severity, 0), s.detected_at, s.incident)
    )


def has_words(state: State, words: str) -> bool:
    """True when each of the words is in its id, service, severity, status or title."""
    status = f"{state.status} STOPPED" if state.stopped else state.status
    told = f"{state.incident} {state.service} {state.severity} {status} {state.title}".lower()
    return all(word in told for word in words.lower().split())


def age(seconds: float) -> str:
    """`23m`, `1h12m`, `2d`: how long, in as few letters as tell it."""
    if seconds < 3600:
        return f"{max(0, int(seconds)) // 60}m"
    return span(seconds) if seconds < 86400 else f"{int(seconds) // 86400}d"


def main_signal(state: State, ring: Ring | None, now: float) -> Runs:
    """The signal that tells how bad it is: its course over half an hour, and its value now."""
    if ring is None:
        return []
    samples = ring.between(now - WINDOW, now)
    order = ["p95", "errors"] if state.category == "performance" else ["errors", "p95"]
    names = dict(SIGNALS)
    known = [n for n in (*order, *names) if any(n in sample.values for sample in samples)]
    if not known:
        return [("no data".ljust(CELLS + 1), "muted")]
    name = known[0]
    begin = max(now - WINDOW, samples[0].t)
    means = buckets(samples, name, begin, now, CELLS)
    last = next((s.values[name] for s in reversed(samples) if name in s.values), None)
    return [
        (spark(means, 1, scale(name, means))[0] + " ", "bar"),
        (f"{names[name]} ", "muted"),
        (figure(name, last), "text"),
    ]


def chip(severity: str) -> tuple[str, str]:
    """The code alone; filled for what is worst."""
    token = severity.lower() or "muted"
    if severity in BADLY:
        return f" {severity} ", f"#{token}"
    return f" {severity or '–'}".ljust(4), f"{token}*" if severity == "P2" else token


def promise_runs(promise: Promise | None) -> Runs:
    """The next promise of one incident: glyph, name, time."""
    if promise is None:
        return [("· no promise", "muted")]
    glyph, token = GLYPHS[promise.standing]
    loud = promise.standing in ("near", "due", "late")
    tone = TONES[promise.standing]
    return [
        (f"{glyph} ", f"{token}*" if loud else token),
        (f"{promise.short} {promise.time}", tone),
    ]


def incident_line(
    state: State,
    promise: Promise | None,
    signal: Runs,
    unread: str,
    now: float,
    rows: int,
    wide: int = 8,
) -> Line:
    """One open incident on two rows, or on one where there is little room."""
    waits = sum(approval.open for approval in state.approvals.values())
    new: Runs = [(f"{unread} new", "text")] if unread else []
    waiting: Runs = (
        [(f" {waits} wait{'s' if waits == 1 else ''} ", "#accent"), ("  ", "text")] if waits else []
    )
    who = state.person("commander")
    long = age(now - state.detected_at).rjust(6)
    status = "STOPPED" if state.stopped else state.status
    loud = "breach*" if state.stopped else "text"
    head: Runs = [chip(state.severity), (f" {state.incident:<{wide}}  ", "bright*")]
    title = (state.title, "bright*" if state.severity in BADLY else "text")
    if rows == 1:
        left = [*head, *promise_runs(promise)[:1], title]
        hurts = [] if promise is None else [(f"{promise.time}  ", TONES[promise.standing])]
        right = [*waiting, *hurts, (status[:13], loud), (long, "text")]
        return Line(state.incident, ((tuple(left), tuple(right)),))
    first = ((*head, title), ((f"{status:<13}", loud), (long, "text")))
    below: Runs = [("     ", "text"), (f"{who:<{wide}}  "[: wide + 2], "muted"), *_padded(signal)]
    second = ((*below, *promise_runs(promise)), (*waiting, *new))
    return Line(state.incident, (first, second))


def _padded(signal: Runs) -> Runs:
    """A signal takes the same cells whatever its figure is, so that what follows lines up."""
    used = sum(len(text) for text, _ in signal)
    return [*signal, (" " * max(1, SIGNAL_CELLS - used), "text")]


def earlier_line(state: State, wide: int = 8) -> Line:
    """One closed incident: how long it took, and whether the promise was kept."""
    took = age(state.resolved_at - state.detected_at) if state.resolved_at else "–"
    deadline = state.deadlines.get("resolve")
    right: Runs = [(f"{took:>6}  ", "text")]
    if deadline is None or not state.resolved_at:
        right.append(("– no SLA".ljust(VERDICT), "muted"))
    elif state.resolved_at <= deadline.due:
        right += [(f"{mark('done')} ", "ok"), ("SLA met".ljust(VERDICT - 2), "muted")]
    else:
        late = age(state.resolved_at - deadline.due)
        right.append((f"{mark('late')} SLA missed by {late}".ljust(VERDICT), "breach"))
    left = ((chip(state.severity)[0], "muted"), (f" {state.incident:<{wide}}  ", "muted"))
    return Line(state.incident, (((*left, (state.title, "muted")), tuple(right)),))


def broken_line(incident: str, trouble: str) -> Line:
    """An incident whose journal cannot be read."""
    left = ((" ×  ", "breach*"), (f" {incident:<12} ", "bright*"), (trouble, "breach"))
    return Line(incident, ((left, ()),))


def promise_line(promise: Promise, width: int, rows: int) -> Line:
    """One promise: time left, what, of which incident, by whom; and a bar that fills."""
    glyph, token = GLYPHS[promise.standing]
    tone = TONES[promise.standing]
    name = tone if promise.standing != "calm" else "text"
    left: Runs = [
        (f"{promise.time:>7} ", tone),
        (f"{glyph} ", token),
        (f"{promise.label:<11} ", name),
        (promise.incident, "muted"),
    ]
    owed = ((promise.owner, "muted" if promise.owner == "UNKNOWN" else "text"),)
    lines: list[tuple[ChooserRuns, ChooserRuns]] = [(tuple(left), owed)]
    if rows == 2:
        lines.append(((("        ", "text"), *bar(promise, max(1, width - 10))), ()))
    return Line(f"{promise.incident} {promise.name}", tuple(lines))


def bar(promise: Promise, cells: int) -> Runs:
    """Fills towards the breach, half a cell at a time."""
    halves = round(promise.used * cells * 2)
    full, half = divmod(min(halves, cells * 2), 2)
    filled = "━" * full + ("╸" if half else "")
    return [(filled, BARS[promise.standing]), ("─" * (cells - full - half), "track")]
