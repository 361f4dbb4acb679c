"""Coloured text broken into rows by the cells it takes, at spaces where there are any."""

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

Run = tuple[str, str]
"""Text and the colour token it is painted in; a token with a `*` is bold."""

_WORDS = re.compile(
    r"\s+"
    r"|[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef]"
    r"|[^\s\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef]+"
)


def wrap(runs: Sequence[Run], width: int, hang: int = 0) -> list[tuple[Run, ...]]:
    """Runs broken into rows of at most `width` cells, all but the first indented by `hang`."""
    return [row for _, row in broken(runs, width, hang)]


def broken(runs: Sequence[Run], width: int, hang: int = 0) -> list[tuple[str, tuple[Run, ...]]]:
    """The same, each row with the spaces that stood where it was broken off the row before."""
    width = max(width, 2)
    if sum(cell_len(text) for text, _ in runs) <= width and not any("\t" in t for t, _ in runs):
        return [("", _trimmed(list(runs))[0])]
    hang = min(hang, width // 2, width - 2)
    rows: list[tuple[str, tuple[Run, ...]]] = []
    current: list[Run] = []
    used, glue = 0, ""

    def close() -> None:
        nonlocal current, used, glue
        kept, dropped = _trimmed(current)
        rows.append((glue, kept))
        current = [(" " * hang, "text")] if hang else []
        used, glue = hang, dropped

    for word in _glued(runs):
        size = sum(cell_len(text) for text, _ in word)
        at_start = used == hang and bool(rows)
        if word[0][0].isspace():
            if used + size <= width and not at_start:
                current += word
                used += size
            else:
                close() if not at_start else None
                glue += "".join(text for text, _ in word)
            continue
        if used + size > width and used > (hang if rows else 0):
            close()
        if size <= width - used:
            current += word
            used += size
            continue
        for text, token in word:
            for letter in text:
                cells = cell_len(letter)
                if used + cells > width:
                    close()
                current.append((letter, token))
                used += cells
    if used > hang or not rows or any(text.strip() for text, _ in current):
        rows.append((glue, _trimmed(current)[0]))
    return rows


def _glued(runs: Sequence[Run]) -> Iterable[list[Run]]:
    """Words, which may change colour inside (`[E12].`), and the spaces between them."""
    word: list[Run] = []
    for text, token in runs:
        for part in _WORDS.findall(text):
            breaks = part.isspace() or _wide(part)
            if breaks and word:
                yield word
                word = []
            if breaks:
                yield [(part if not part.isspace() else part.replace("\t", "    "), token)]
            else:
                word.append((part, token))
    if word:
        yield word


def _wide(part: str) -> bool:
    return len(part) == 1 and cell_len(part) == 2


def _trimmed(runs: list[Run]) -> tuple[tuple[Run, ...], str]:
    """Neighbours of one colour joined and spaces at the end dropped, and what was dropped."""
    joined: list[Run] = []
    for text, token in runs:
        if joined and joined[-1][1] == token:
            joined[-1] = (joined[-1][0] + text, token)
        else:
            joined.append((text, token))
    dropped = ""
    while joined and not joined[-1][0].strip():
        dropped = joined.pop()[0] + dropped
    if joined:
        text, token = joined[-1]
        joined[-1] = (text.rstrip(), token)
        dropped = text[len(text.rstrip()) :] + dropped
    return tuple(joined), dropped
