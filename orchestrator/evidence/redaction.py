"""Secrets out of text before it is stored. Ordered rules, each linear in the length of the text.

A rule keeps what says which secret it was (the name of the key, the scheme) and the number of
lines, so that line citations stay true.
"""

import re
from collections.abc import Callable

MARK = "[redacted]"

_NAME = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|secret[_-]?key|token|api[_-]?key|apikey|access[_-]?key"
    r"|private[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|session[_-]?id|sessionid"
    r"|set-cookie|cookie)"
)
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_PEM_BODY = re.compile(
    r"^[+ -]?\s{0,32}[A-Za-z0-9+/=]{1,128}\s{0,8}$|^[+ -]?(?:Proc-Type|DEK-Info):"
)

_KEY_VALUE = re.compile(
    rf"""(?i)(?<![\w.-])([\w.-]{{0,64}}?{_NAME}\\?["']?\s{{0,4}}[:=](?!=)\s{{0,4}})"""
    r"""(\\?"(?:[^"\\\n]|\\(?!").){1,4096}\\?"|'(?:[^'\\\n]|\\.){1,4096}'"""
    r"""|[^\s"'`,;&(){}\[\]<>\\]{4,4096}(?![\w.(\[]))"""
)
_FLAG = re.compile(rf"(?i)((?<!\S)--?{_NAME}\s{{1,4}})([^\s\"'`;|&(){{}}-][^\s\"'`;|&]{{0,4096}})")
_HARMLESS = re.compile(r"(?i)^[\"'\\]*(?:none|null|true|false|undefined|\*+|x+|<[^>]*>)[\"'\\]*$")

_SCHEME = r"(?:bearer|basic|digest|token|apikey|negotiate)"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\w-])eyJ[\w-]{6,4096}\.[\w-]{6,8192}\.[\w-]{0,4096}"), MARK),
    (
        re.compile(
            r"(?i)((?:proxy-)?authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?"
            rf"(?:{_SCHEME}\s{{1,4}}|(?!{_SCHEME}\b)))"
            r"(?!\[redacted\])[^\s\"'\\,;]{6,8192}"
        ),
        rf"\g<1>{MARK}",
    ),
    (
        re.compile(r"(?i)\b(bearer|basic)(\s{1,4})(?=[\w.~+/=-]{0,40}[0-9=])[\w.~+/=-]{12,8192}"),
        rf"\g<1>\g<2>{MARK}",
    ),
    (re.compile(r"(://)(?!\[redacted\])[^\s/@:?#\"']{0,256}:[^\s/@\"']{1,256}@"), rf"\g<1>{MARK}@"),
    (re.compile(r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}\b"), MARK),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,255}\b|\bgithub_pat_\w{20,255}\b"), MARK),
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}"), MARK),
    (re.compile(r"\b(?:sk|rk)_live_[A-Za-z0-9]{16,255}\b|\bAIza[\w-]{35}(?![\w-])"), MARK),
)


def redact(text: str) -> tuple[str, int]:
    """`text` without obvious secrets, and how many there were. Doing it twice changes nothing."""
    count = 0
    if "PRIVATE KEY-----" in text:
        text, count = _without_keys(text)
    for pattern, replacement in _RULES:
        text, found = pattern.subn(replacement, text)
        count += found
    for pattern in (_KEY_VALUE, _FLAG):
        hidden: list[str] = []
        text = pattern.sub(_hider(hidden), text)
        count += len(hidden)
    return text, count


def _hider(hidden: list[str]) -> Callable[[re.Match[str]], str]:
    def hide(match: re.Match[str]) -> str:
        name, value = match.group(1), match.group(2)
        if MARK in value or _HARMLESS.match(value):
            return match.group()
        hidden.append(name)
        opening = re.match(r"\\?[\"']", value)
        quote = opening.group() if opening is not None else ""
        return f"{name}{quote}{MARK}{quote}"

    return hide


def _without_keys(text: str) -> tuple[str, int]:
    """Private keys go line by line: one whose end is missing stops at what is no key material."""
    count, inside = 0, False
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if inside:
            ended = _PEM_END.search(line)
            if ended is not None:
                lines[index], inside = MARK + line[ended.end() :], False
            elif _PEM_BODY.match(line) or not line.strip():
                lines[index] = MARK if line.strip() else line
            else:
                inside = False
        begun = _PEM_BEGIN.search(lines[index])
        if begun is not None:
            count += 1
            ended = _PEM_END.search(lines[index], begun.end())
            tail = "" if ended is None else lines[index][ended.end() :]
            lines[index] = lines[index][: begun.start()] + MARK + tail
            inside = ended is None
    return "\n".join(lines), count
