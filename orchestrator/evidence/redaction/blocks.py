"""Secrets over several lines: private keys, YAML blocks, name/value pairs, Kubernetes secrets."""

import re

from orchestrator.evidence.redaction.anchors import NAMES
from orchestrator.evidence.redaction.mark import MARK

_PEM_BEGIN = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File"
)
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC:")
_PEM_WORD = re.compile(r"[\s\"'|]{0,64}([A-Za-z0-9+/]{1,128}={0,2})[\s\"',\\]{0,16}$")
_PEM_LONG = re.compile(r"(?<![\w+/=])([A-Za-z0-9+/]{40,128}={0,2})[\s\"',\\]{0,16}$")
_PEM_HEADER = re.compile(
    r"(?:Proc-Type|DEK-Info|Version|Comment|Encryption|Public-Lines|Private-Lines):"
)
_SIGN = 3
"""Characters before a key that are a sign (`+`, `- `) rather than the head of a log line."""

_PEM_LONGEST = 400
"""Lines; no private key is longer."""

_BLOCK = re.compile(
    rf"(?i)^(\W{{0,64}})[\w.-]{{0,64}}?(?:{NAMES})[\"']?:[ \t]{{0,4}}[|>][-+\d]{{0,2}}[ \t]*$"
)
_NAME_ALONE = re.compile(
    rf"(?i)name[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?[\w.-]{{0,64}}?(?:{NAMES})[\"']?,?[ \t]*$"
)
_VALUE_NEXT = re.compile(r"^(\W{0,64}value[\"']?[ \t]{0,4}[:=][ \t]{0,4})([^\s\[].*?)(,?[ \t]*)$")
_KIND_SECRET = re.compile(r"(?i)^\W{0,64}kind[\"']?: ?[\"']?secret\b")
_DATA = re.compile(r"^(\W{0,64})(?:data|stringData)[\"']?:[ \t]*\{?[ \t]*$")
_FIELD = re.compile(r"^(\W{0,64}[\w./-]{1,128}[\"']?:[ \t]{1,4})([^\s\[{|>].*?)(,?[ \t]*)$")
_DOCUMENT = 200
"""Lines before and after `kind: Secret` in which its data stands."""


def hide_block(lines: list[str], number: int) -> tuple[int, int]:
    """Hide what begins at this line: the first line not looked at, and how many secrets."""
    line = lines[number]
    if _PEM_BEGIN.search(line):
        return _private_key(lines, number)
    count = 0
    if (block := _BLOCK.match(line)) is not None:
        count += _indented(lines, number + 1, len(block.group(1)))
    elif _NAME_ALONE.search(line) and number + 1 < len(lines):
        count += _replace(lines, number + 1, _VALUE_NEXT)
    elif _KIND_SECRET.match(line):
        count += _kubernetes(lines, number)
    return number, count


def _private_key(lines: list[str], number: int) -> tuple[int, int]:
    """The key's lines, up to its end, or to what is no key material where the end is missing."""
    lines[number], count, column = _whole_keys(lines[number])
    if column < 0:
        return number, count
    hidden, last = 0, min(len(lines), number + _PEM_LONGEST)
    for at in range(number, last):
        line = lines[at]
        if at == number:
            begun = _PEM_BEGIN.match(line, column)
            lines[at], found = _between(line, len(line) if begun is None else begun.end())
            hidden += found
        elif (ended := _PEM_END.search(line)) is not None:
            lines[at], found = _between(line, 0, ended.start())
            return at + 1, count + (hidden + found > 0)
        elif _PEM_HEADER.search(line) or not line.strip() or line.strip("+ ") == MARK:
            continue
        elif (body := _key_material(line, column)) is not None:
            lines[at] = line[: body.start(1)] + MARK + line[body.end(1) :]
            hidden += 1
        else:
            return at, count + (hidden > 0)
    return last, count + (hidden > 0)


def _key_material(line: str, column: int) -> re.Match[str] | None:
    """A line that is nothing else, or is from where the key began, or ends in a long run of it.

    Behind a diff's sign the sign stays; behind a log's own head the next lines may have none.
    """
    whole, behind = _PEM_WORD.match(line), _PEM_WORD.match(line, column)
    either = (behind or whole) if column < _SIGN else (whole or behind)
    return either or _PEM_LONG.search(line)


def _whole_keys(line: str) -> tuple[str, int, int]:
    """The line without keys that begin and end on it, how many, and where one begins that goes on
    (-1: none does)."""
    count = at = 0
    while (begun := _PEM_BEGIN.search(line, at)) is not None:
        ended = _PEM_END.search(line, begun.end())
        if ended is None:
            return line, count, begun.start()
        rest = len(line) - ended.end()
        line, found = _between(line, begun.end(), ended.start())
        count += found
        at = len(line) - rest
    return line, count, -1


def _between(line: str, start: int, end: int | None = None) -> tuple[str, int]:
    """The line without the key material between two places, and whether there was any."""
    end = len(line) if end is None else end
    body = line[start:end].replace(MARK, "").replace("\\n", "")
    if not re.search(r"[A-Za-z0-9+/]{2}", body):
        return line, 0
    return line[:start] + MARK + line[end:], 1


def _indented(lines: list[str], start: int, indent: int) -> int:
    count = 0
    for at in range(start, min(len(lines), start + _DOCUMENT)):
        line = lines[at]
        depth = len(line) - len(line.lstrip(" \t+-"))
        if line.strip() and depth <= indent:
            break
        if line.strip() and line.strip() != MARK:
            lines[at] = line[:depth] + MARK
            count = 1
    return count


def _replace(lines: list[str], at: int, pattern: re.Pattern[str]) -> int:
    match = pattern.match(lines[at])
    if match is None or MARK in match.group(2):
        return 0
    quote = match.group(2)[0] if match.group(2)[0] in "\"'" else ""
    lines[at] = f"{match.group(1)}{quote}{MARK}{quote}{match.group(3)}"
    return 1


def _kubernetes(lines: list[str], number: int) -> int:
    """Every value under `data:` and `stringData:` of the document that says it is a Secret."""
    first = next(
        (n for n in range(number, max(-1, number - _DOCUMENT), -1) if _apart(lines[n])),
        number - _DOCUMENT,
    )
    last = next(
        (n for n in range(number, min(len(lines), number + _DOCUMENT)) if _apart(lines[n])),
        number + _DOCUMENT,
    )
    count, within = 0, -1
    for at in range(max(0, first), min(len(lines), last)):
        line = lines[at]
        depth = len(line) - len(line.lstrip(" \t+-"))
        if (data := _DATA.match(line)) is not None:
            within = len(data.group(1).rstrip("\"'"))
        elif within >= 0 and line.strip() and depth <= within:
            within = -1
        elif within >= 0:
            count += _replace(lines, at, _FIELD)
    return count


def _apart(line: str) -> bool:
    return line.startswith(("---", "+---")) and not line.startswith("-----BEGIN")
