"""The prefilter: one re2 alternation of cheap anchors that tells which lines a detector must see.

It may point at a line without a secret; it must not miss one that a detector would find.
"""

from typing import Any

import re2  # type: ignore[import-untyped]

NAMES = (
    r"passwords?|passwd|passphrase|passcode|pwd|secrets?|secret[_-]?(?:access[_-]?)?key|token"
    r"|api[_-]?key|(?:access|account|auth|encryption|license|master|private|shared|signing)"
    r"[_-]?key|shared[_-]?access[_-]?(?:key|signature)|client-key-data|credentials?"
    r"|session[_-]?id|jsessionid|phpsessid|x-(?:amz|goog)-(?:signature|credential|security-token)"
)
"""Names whose value is a secret wherever they end another name (`DB_PASSWORD`, `authToken`)."""

SHORT_NAMES = r"pass|pw|sid|sig|otp|auth|_auth"
"""Names too short to end just any word: they stand alone or behind `_`, `-`, `.`."""

ASSIGN = r"[\"'\]]{0,3}[ \t]{0,4}(?:=>|:=|=|:)"

_NAMED = (
    rf"(?i:(?:{NAMES}|\b(?:{SHORT_NAMES})|[_.-](?:{SHORT_NAMES}))\\?{ASSIGN})",
    r"[a-z]P(?:ass|w|wd)[\"']?[ \t]{0,4}[:=]",
    rf"(?i:--?(?:[\w-]*[_-])?(?:{NAMES}|{SHORT_NAMES})[\"']?[ \t,=])",
    rf"(?i:name\\?[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}\\?[\"']?[\w.-]*(?:{NAMES}))",
    r"(?i:(?:identified by|password)[ \t]+\\?['\"])",
    r"(?i:kind[\"']?: ?[\"']?secret)",
    r"(?i:(?:authorization|cookie)\\?[\"']?[ \t]*[:=])",
    r"(?i:\b(?:bearer|basic|digest|negotiate)[ \t]+[\w.~+/=-]{12})",
    r"://[^\s/@]*:[^\s@]+@|://[^\s/@:]{20}[^\s/@:]*@|[\w.-]:[^\s@]+@(?:tcp|unix)\(|thin:[\w.-]+/",
    r"\b(?:curl|mysql\w*|mariadb\S*|sshpass|redis-cli|wget|sqlplus|ldap\w+|docker login)\b",
    r"PRIVATE KEY|PuTTY-User-Key",
)
"""What a name, a header, a flag or a command gives away, and what goes over several lines."""

_TOKENS = (
    r"eyJ[\w-]{6}",
    r"AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA|A3T[A-Z0-9]|(?:^|[\s=:\"])A(?:KC|P[0-9A-F])",
    r"gh[pousr]_|github_pat_|\bgl[a-z]{2,5}-|GR1348941|xox[a-z]-|xapp-|hooks\.slack\.com"
    r"|discord(?:app)?\.com/api/webhooks|AccountKey=",
    r"[sr]k_(?:live|test)|whsec_|SG\.|npm_|_authToken|pypi-|(?:AC|SK)[0-9a-z]{8}|dckr_pat"
    r"|do[por]_v1|\bhv[sbr]\.|\bsk-[\w-]{8}|AIza|ya29\.|GOCSPX|[0-9]Q~|shp(?:at|ss|ca|pa)_|sq0"
    r"|glsa_|lin_api|NRAK-|\bkey-[0-9a-z]{8}|dapi[0-9a-f]{8}|AGE-SECRET|[0-9a-z]{8}-us[0-9]"
    r"|[0-9]:AA[\w-]{8}|\bhf_",
    r"(?i:softlayer|cloudant|\b(?:sl|cl|clou|cos)[_-]?(?:api|key|p|token)|ibm|secret[_-]?(?:access)?"
    r"[_-]?key|aws[^\n]{0,20}(?:key|pwd|pw|pass|token))",
    r"(?i:(?:key|pwd|pass|password|token)[\"']?\]?[ :=>]+[\"']?[\w-]{44})",
    r"[MNO][\w-]{23}[\w-]{0,2}\.[\w-]{6}\.",
    r"\$(?:1|2[abxy]|5|6|y|apr1|argon2\w*)\$",
)
"""What is known by its own shape: ours, and one for every pattern of detect-secrets."""


_STATES = 64 << 20
"""Bytes at most for re2's states: what it needs; with fewer it starts over and over again."""


def _compiled(*anchors: str, rest: str = "") -> Any:
    options = re2.Options()
    options.max_mem = _STATES
    return re2.compile(("(?:" + "|".join(anchors) + ")" + rest).encode(), options)


_ANY = _compiled(*_NAMED, *_TOKENS, rest="[^\n]*")
_ONE_NAMED = _compiled(*_NAMED)
_ONE_TOKEN = _compiled(*_TOKENS)


def suspicious(text: str) -> list[int]:
    """Numbers (from 0) of the lines worth a look, in order, each once."""
    body = _bytes(text)
    found: list[int] = []
    number = read = 0
    for match in _ANY.finditer(body):
        number += body.count(b"\n", read, match.start())
        read = match.start()
        found.append(number)
    return found


def may_be_named(line: str) -> bool:
    """Worth a look at names, headers, flags and commands."""
    return _ONE_NAMED.search(_bytes(line)) is not None


def may_be_token(line: str) -> bool:
    """Worth a look at the shapes of tokens."""
    return _ONE_TOKEN.search(_bytes(line)) is not None


def _bytes(text: str) -> bytes:
    """A lone surrogate, which cleaning takes out, must not stop what is not cleaned yet."""
    return text.encode("utf-8", "surrogatepass")
