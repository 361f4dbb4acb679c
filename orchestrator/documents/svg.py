"""Small charts as inline SVG: a course over months, with its target; no script, no style.

Every number is formatted here; text never enters a chart but through `escape`.
"""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, EDGE = 180, 36, 3


def course(
    values: Sequence[float | None],
    labels: Sequence[str],
    low: float | None = None,
    high: float | None = None,
) -> Markup:
    """A line through the known values, a gap where there is none, the target as dashed rules.

    Each point says in its title what it stands for; `labels` are as many as `values`.
    """
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    bounds = [bound for bound in (low, high) if bound is not None]
    top, bottom = max([*known, *bounds]), min([0.0, *known, *bounds])
    span = (top - bottom) or 1.0

    def x(number: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * number / max(1, len(values) - 1)

    def y(value: float) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - bottom) / span

    parts = [
        f'<line class="target" x1="0" x2="{WIDTH}" y1="{y(bound):.1f}" y2="{y(bound):.1f}"/>'
        for bound in bounds
    ]
    for run in _runs(values):
        points = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in run)
        parts.append(f'<polyline points="{points}"/>')
        for number, value in run:
            title = escape(labels[number])
            parts.append(
                f'<circle cx="{x(number):.1f}" cy="{y(value):.1f}" r="2.5">'
                f"<title>{title}</title></circle>"
            )
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
    return Markup(f"{head}{''.join(parts)}</svg>")


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Known values that follow one another, each with its place."""
    runs: list[list[tuple[int, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((number, value))
    return [run for run in runs if run]
