"""Numbers and foreign text as the rules write them: short, plain, always with their unit. Pure."""

from orchestrator.clock import hhmmss
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact


def quoted(text: str, limit: int = 120) -> str:
    """Text from outside, safe and short enough for a sentence."""
    said = " ".join(redact(clean(text))[0].split())
    return said if len(said) <= limit else said[: limit - 1] + "…"


def quoted_code(line: str, limit: int = 110) -> str:
    """A line of code from outside, with its indentation."""
    said = redact(clean(line))[0].expandtabs(4).rstrip()
    return said if len(said) <= limit else said[: limit - 1] + "…"


def percent(share: float) -> str:
    """`0.384` → `38 %`; small shares keep a digit."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.1f} %"


def seconds(value: float) -> str:
    """`0.0123` → `12 ms`, `2.4` → `2.4 s`."""
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def lasting(value: float) -> str:
    """A length of time in words: `8 s`, `3 min`, `2.5 h`."""
    if value < 120:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def figure(signal: str, value: float) -> str:
    """A signal's value with its unit."""
    if signal in ("errors", "saturation"):
        return percent(value)
    if signal == "p95":
        return seconds(value)
    return (
        f"{value:.0f}/s"
        if signal == "requests" and value >= 9.95
        else (f"{value:.1f}/s" if signal == "requests" else f"{value:g}")
    )


def clock_time(at: float) -> str:
    return hhmmss(at)


def opened(text: str) -> str:
    """As the beginning of a sentence: `errors rose` → `Errors rose`; ids and signals stay as is."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text


def plural(count: int, one: str, many: str = "") -> str:
    """`1 commit`, `3 commits`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
