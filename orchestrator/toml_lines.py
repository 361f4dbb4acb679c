"""On which line of a TOML text a key stands, for error messages: `tomllib` keeps no positions.

It reads only headers and keys, and steps over values that span several lines. Where it is unsure
it names the nearest header above, never a line that does not exist.
"""

import re
import tomllib

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)$"""
)
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*\'""")
_AT = re.compile(r"\s*\(at line (\d+), column \d+\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")


def syntax_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """The line and the complaint of a TOML syntax error."""
    message = str(error)
    at = _AT.search(message)
    if at is not None:
        return int(at.group(1)), message[: at.start()]
    return max(1, len(text.splitlines())), _AT_END.sub("", message)


def line_of(text: str, place: Place) -> int:
    """The line (from 1) of the key at `place`, else of the closest place above it, else 1."""
    lines = key_lines(text)
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 1


def key_lines(text: str) -> dict[Place, int]:
    """Every header and key of `text` by its place, such as `("services", 0, "metrics")`."""
    found: dict[Place, int] = {}
    tables: dict[tuple[str, ...], int] = {}
    at: Place = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            if quote in line:
                quote = ""
            continue
        if depth > 0:
            depth += _brackets(line)
            continue
        header = _HEADER.match(line)
        if header is not None:
            at = _opened(header.group(1) == "[[", _parts(header.group(2)), tables)
            found.setdefault(at, number)
            continue
        key = _KEY.match(line)
        if key is None:
            continue
        found[(*at, *_parts(key.group(1)))] = number
        value = key.group(2).strip()
        quote = next((q for q in ('"""', "'''") if value.startswith(q) and value.count(q) == 1), "")
        depth = 0 if quote else max(0, _brackets(value))
    return found


def _opened(is_array: bool, names: tuple[str, ...], tables: dict[tuple[str, ...], int]) -> Place:
    if is_array:
        tables[names] = tables.get(names, -1) + 1
        for inner in [path for path in tables if path != names and path[: len(names)] == names]:
            del tables[inner]
    place: list[str | int] = []
    for depth in range(1, len(names) + 1):
        place.append(names[depth - 1])
        if names[:depth] in tables:
            place.append(tables[names[:depth]])
    return tuple(place)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _brackets(line: str) -> int:
    bare = _STRING.sub("", line).split("#")[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
