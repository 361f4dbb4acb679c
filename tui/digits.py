"""Three rows high, the only large type of the program: the time of the next promise."""

FACES = {
    "0": ("┌─┐", "│ │", "└─┘"),
    "1": (" ┐ ", " │ ", " ┴ "),
    "2": ("──┐", "┌─┘", "└──"),
    "3": ("──┐", " ─┤", "──┘"),
    "4": ("│ │", "└─┤", "  │"),
    "5": ("┌──", "└─┐", "──┘"),
    "6": ("┌──", "├─┐", "└─┘"),
    "7": ("──┐", "  │", "  │"),
    "8": ("┌─┐", "├─┤", "└─┘"),
    "9": ("┌─┐", "└─┤", "──┘"),
    ":": (" ", ":", " "),
    "+": ("   ", "─┼─", "   "),
    "h": ("│  ", "├─┐", "│ │"),
    "m": ("   ", "┌┬┐", "│││"),
}
"""Line drawing that every terminal font has; anything else takes one plain row."""


def digits(text: str) -> tuple[str, str, str]:
    """`02:31` as three rows of the same width."""
    faces = [FACES.get(letter, (" ", letter, " ")) for letter in text]
    top, middle, low = (" ".join(face[row] for face in faces) for row in range(3))
    return top, middle, low
