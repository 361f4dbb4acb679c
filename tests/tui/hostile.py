"""Texts that try to command the terminal, to hide, or to break columns."""

from hypothesis import strategies as st

HOSTILE = (
    "before\x1b[2J\x1b[H after",
    "before\x1b]52;c;ZXZpbA==\x07 after",
    "before\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\ after",
    "before\x1bPq#0;2;0;0;0\x1b\\ after",
    "before\x9b31m\x9d0;title\x9c after",
    "before\u202egpj.exe\u202c\u2066x\u2069 after",
    "before\u200b\u200d\ufeff\u2060 after",
    "before\b\b\b\bhidden",
    "before 10%\r20%\r30%",
    "before\x00\x07\x7f after",
    "before \udc80\ud800 after",
    "before \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 after",
    "before \U0001f1e9\U0001f1ea e\u0301\u0323 \u6570\u636e\u5e93 after",
    "before \x1b]0;never ends",
    "before &#x202e;&#27;[2J after",
    "before\u2028\u2029\x85\x0b\x0c after",
)

_PIECES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
    st.text(alphabet="\x1b\x9b\x9d\x90\x07\x08\r\n\t[]0;m?PX^_\\E12`*#>|- ", max_size=12),
    st.sampled_from(["\u6570\u636e", "\u200d", "\ufe0f", "\u0301", "\u202e", "\ud800", "[E12:3]"]),
)


def texts() -> st.SearchStrategy[str]:
    """Hostile pieces, plain ones and broken ones, in any order."""
    return st.lists(_PIECES, max_size=6).map("".join)
