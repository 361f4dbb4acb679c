"""Where agent panes go: pure geometry, so that no layout code decides twice.

A pane needs 44 columns and 7 rows; what does not fit is a strip of one row at the bottom.
"""

from textual.geometry import Region

MIN_WIDTH, MIN_HEIGHT = 44, 7


def columns(width: int) -> int:
    """How many panes fit side by side."""
    return max(1, (width + 1) // (MIN_WIDTH + 1))


def capacity(width: int, height: int, gap: int) -> int:
    """How many panes fit at all."""
    return columns(width) * max(1, (height + gap) // (MIN_HEIGHT + gap))


def wanted(running: int, slots: int, width: int, height: int, gap: int) -> int:
    """How many panes to open: all that work, and as many finished ones as read well."""
    room = max(1, columns(width)) * (2 if height >= 2 * MIN_HEIGHT + gap else 1)
    strips_too = capacity(width, height - max(0, slots - room), gap)
    return max(1, min(slots, max(room, running), strips_too))


def tile(count: int, strips: int, width: int, height: int, gap: int) -> list[Region]:
    """Regions of `count` open panes, row by row, and then of `strips` one-row strips."""
    if count <= 0 or width <= 0 or height <= 0:
        return [Region(0, 0, 0, 0)] * (count + strips)
    strips_shown = min(strips, max(0, height - 1))
    space = height - strips_shown - (gap if strips_shown and height > 2 * MIN_HEIGHT else 0)
    across = min(columns(width), count)
    if across > 1 and count <= 2 and space >= 4 * MIN_HEIGHT and width < 3 * MIN_WIDTH:
        across = count
    down = -(-count // across)
    regions: list[Region] = []
    y = 0
    for line in range(down):
        members = min(across, count - line * across)
        rows = _share(space - gap * (down - 1), down, line)
        x = 0
        for member in range(members):
            cells = _share(width - (members - 1), members, member)
            regions.append(Region(x, y, max(0, cells), max(0, rows)))
            x += cells + 1
        y += rows + gap
    first = height - strips_shown
    for index in range(strips):
        visible = index < strips_shown
        regions.append(Region(0, first + index, width, 1) if visible else Region(0, 0, 0, 0))
    return regions


def _share(total: int, parts: int, index: int) -> int:
    """Part `index` of `total` cells split into `parts`; the first parts take the remainder."""
    whole, rest = divmod(max(0, total), parts)
    return whole + (1 if index < rest else 0)
