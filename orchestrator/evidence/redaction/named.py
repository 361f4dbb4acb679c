"""Secrets that a name, a header, a flag or a command gives away. One line at a time."""

import re
from collections.abc import Callable

from orchestrator.evidence.redaction.anchors import ASSIGN, NAMES, SHORT_NAMES
from orchestrator.evidence.redaction.mark import MARK

_NAME = rf"(?:{NAMES}|(?<![a-z0-9])(?:{SHORT_NAMES})|(?<=[a-z])(?-i:P(?:ass|wd?)))"
_VALUE = (
    r"""\\?"(?:[^"\\\n]|\\(?!").){1,8192}\\?"|'(?:[^'\\\n]|\\.){1,8192}'"""
    r"""|(?:[^\s"'`\\]|\\(?!["'nrt])){1,8192}"""
)
_PAIR = re.compile(rf"(?i)({_NAME}\\?{ASSIGN}(?![=:])[ \t]{{0,4}})({_VALUE})")
_FLAG = re.compile(
    rf"(?i)((?<![\w-])--?(?:[\w-]{{0,64}}[_-])?(?:{NAMES}|{SHORT_NAMES})"
    rf"(?:[ \t]{{1,4}}|[\"'],[ \t]{{0,4}}))({_VALUE})"
)
_NAMED_VALUE = re.compile(
    rf"""(?i)(name\\?["']?[ \t]{{0,4}}[:=][ \t]{{0,4}}\\?["']?[\w.-]{{0,64}}?(?:{NAMES})\\?["']?"""
    rf"""[ \t]{{0,4}},[ \t]{{0,4}}\\?["']?value\\?["']?[ \t]{{0,4}}[:=][ \t]{{0,4}})({_VALUE})"""
)
_SCHEME = r"(?:bearer|basic|digest|token|apikey|negotiate)"

_HARMLESS = re.compile(
    r"""(?ix)^[\\"']* (?: \[redacted\] | none | null | nil | true | false | yes | no | undefined
    | str | string | bytes | int | integer | bool | boolean | char | text | any | object | number
    | varchar.* | optional.* | option<.* | secretstr | token | password | secret
    | required | missing | invalid | expired | incorrect | wrong | empty | unset | revoked | denied
    | failed | failure | provided | mismatch | error | unknown | refreshed | valid | success
    | rejected | accepted | rotated | changed | disabled | enabled | unauthorized | malformed
    | \*+ | x+ | \.\.\.+ | -+ | <[^>]*> | \[[\w ]*\] | \[\*+\]
    | \$\{[^}]*\} | \$\([^)]*\) | \$(?-i:[A-Z_]{3,}) | %s | %\(\w+\)s | \{\{.*\}\} | \{[\w.!:]*\}
    ) [\\"',;.)\]}]* $"""
)
_CODE = re.compile(
    r"^(?:self|this|os|process|config|settings|env|args|request|req|cls|ctx|conf|cfg|opts|options"
    r"|params|kwargs|system|app|data)\.[A-Za-z_.()\[\]]+[,;)]*$"
    r"|^[A-Za-z_][\w.]*(?:\(.*\)|\[.*\]|\(|\(.*,)[.\w:,;)\]}]*$"
)
_END = re.compile(r"&(?=[\w.%-]+=)|;(?=[\w -]+=)|,(?=[\w.-]*[=:\[{\"'])|[,;.)\]}>]+$")
_NUMBER = re.compile(r"[\d.,]{1,6}")

_LINE_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?i)((?:proxy-)?authorization\\?[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\?[\"']?"
            rf"(?:{_SCHEME}[ \t]{{1,4}}|(?!{_SCHEME}\b)))"
            r"(?!\[redacted\])[^\s\"'\\,;]{6,8192}"
        ),
        rf"\g<1>{MARK}",
    ),
    (
        re.compile(
            r"(?i)\b(bearer|basic|digest|negotiate)([ \t]{1,4})"
            r"(?=[\w.~+/=-]{0,40}[0-9=])[\w.~+/=-]{12,8192}"
        ),
        rf"\g<1>\g<2>{MARK}",
    ),
    (
        re.compile(
            r"(?i)((?:set-)?cookie\\?[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\?[\"']?)"
            r"(?!\[redacted\])[^\s\"'\\=;]{1,128}=[^\n\"'\\]{1,8192}"
        ),
        rf"\g<1>{MARK}",
    ),
    # the user stays: it says whose password it was
    (
        re.compile(r"(://[^\s/@:?#\"']{0,256}:)(?!\[redacted\]@)(?!\d{1,5}[/?#])[^\s\"']{1,256}@"),
        rf"\g<1>{MARK}@",
    ),
    (re.compile(r"(://)[^\s/@:?#\"'\[]{20,256}@"), rf"\g<1>{MARK}@"),
    (
        re.compile(r"(\b[\w.-]{1,64}:)(?!\[redacted\]@)[^\s\"']{1,256}@(?=(?:tcp|unix)\()"),
        rf"\g<1>{MARK}@",
    ),
    (re.compile(r"(thin:[\w.-]{1,64}/)(?!\[redacted\])[^\s@\"']{1,256}(?=@)"), rf"\g<1>{MARK}"),
    (
        re.compile(
            r"(?i)((?:identified[ ]by|password)[ \t]{1,4}\\?(['\"]))(?!\[redacted\])"
            r"[^'\"\n\\]{1,256}"
        ),
        rf"\g<1>{MARK}",
    ),
)

_COMMANDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\b(?:curl|wget)\b"),
        re.compile(r"((?<!\S)(?:-u|--user|--proxy-user)[ =]?[\"']?[^\s:\"']{1,128}:)([^\s\"']+)"),
    ),
    (
        re.compile(r"\bcurl\b"),
        re.compile(r"((?<!\S)(?:-b|--cookie)[ =][\"']?)([^\s\"']+=[^\"'\n]+)"),
    ),
    (
        re.compile(r"\b(?:mysql\w*|mariadb\S*|sshpass)\b"),
        re.compile(r"((?<!\S)-p[ ]?[\"']?)([^\s\"'-][^\s\"']*)"),
    ),
    (re.compile(r"\bredis-cli\b"), re.compile(r"((?<!\S)-a[ ]?[\"']?)([^\s\"']+)")),
    (re.compile(r"\b(?:ldapsearch|ldapmodify)\b"), re.compile(r"((?<!\S)-w[ ]?[\"']?)([^\s\"']+)")),
    (re.compile(r"\bdocker login\b"), re.compile(r"((?<!\S)-p[ ]?[\"']?)([^\s\"']+)")),
    (re.compile(r"\bsqlplus\b"), re.compile(r"(\b[\w.-]{1,64}/)([^\s@/\"']+)(?=@)")),
)


def hide_named(line: str) -> tuple[str, int]:
    """The line without the values its names give away, and how many there were."""
    count = 0
    for pattern, replacement in _LINE_RULES:
        line, found = pattern.subn(replacement, line)
        count += found
    for command, pattern in _COMMANDS:
        if command.search(line):
            line, found = _each(pattern, line, lambda name, value: (MARK, value[len(value) :]))
            count += found
    for pattern in (_NAMED_VALUE, _PAIR, _FLAG):
        line, found = _each(pattern, line, _hidden)
        count += found
    return line, count


Hider = Callable[[str, str], tuple[str, str] | None]


def _each(pattern: re.Pattern[str], line: str, hide: Hider) -> tuple[str, int]:
    """Every pair with a secret; behind a harmless value the search goes on within it."""
    kept: list[str] = []
    count = done = at = 0
    while (match := pattern.search(line, at)) is not None:
        name, value = match.group(1), match.group(2)
        hidden = None if value.strip("\\\"'") == MARK else hide(name, value)
        if hidden is None:
            at = match.start(2)
            continue
        said, rest = hidden
        kept += [line[done : match.start(2)], said]
        done = at = match.end(2) - len(rest)
        count += 1
    return "".join([*kept, line[done:]]), count


def _hidden(name: str, value: str) -> tuple[str, str] | None:
    """What stands for the value, and what of it was none; None where it is no secret."""
    opening = re.match(r"\\?[\"']", value)
    if opening is not None:
        quote = opening.group()
        if _HARMLESS.match(value) or len(value) <= 2 * len(quote):
            return None
        return f"{quote}{MARK}{quote}", ""
    if _HARMLESS.match(value):
        return None
    end = _END.search(value)
    secret = value if end is None else value[: end.start()]
    if len(secret) < 4 or _HARMLESS.match(secret) or _ordinary(name, secret, value):
        return None
    return MARK, value[len(secret) :]


def _ordinary(name: str, value: str, whole: str) -> bool:
    """A reference in code, a folder, a small number, an object: nothing that opens a door."""
    word = re.sub(r"[^a-z]", "", name.lower())
    if MARK in value and value.replace(MARK, "").strip("[]{}(),;") == "":
        return True
    closed = whole.rstrip(",;.")[-1:] in ")]}>" or any(mark in whole for mark in ":=")
    if value[0] in "[{(<" and (len(value) < 5 or closed):
        return True
    if word.endswith("pwd") and value.startswith("/"):
        return True
    if not word.endswith(("pwd", "passwd", "password", "pass", "pw")) and _NUMBER.fullmatch(value):
        return True
    if re.sub(r"[^a-z]", "", value.lower()) == word and not re.search(r"\d", value):
        return True
    return bool(_CODE.match(whole))
