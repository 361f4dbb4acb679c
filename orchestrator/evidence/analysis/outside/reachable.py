"""Names that do not resolve, and certificates that are not accepted."""

from collections.abc import Sequence

from orchestrator.evidence.analysis.outside.cause import ENOUGH, Cause, Said, Sign, began, share
from orchestrator.evidence.analysis.outside.families import EXPIRED, UNRESOLVED

_KINDS = (
    ("certificate", EXPIRED, "a certificate is not accepted", "another client accepts it"),
    ("name", UNRESOLVED, "a name does not resolve", "the name resolves from the same host"),
)


def causes(service: str, primary: Sequence[Said], ill: Sequence[Sign] = ()) -> list[Cause]:
    """What the errors say; `ill` is what a look at the certificates themselves shows."""
    found: list[Cause] = []
    for kind, family, text, refuted in _KINDS:
        failing = [one for one in primary if family.search(one.text)]
        shown = tuple(ill) if kind == "certificate" else ()
        if not failing:
            continue
        part_of = share(failing, primary)
        count = sum(one.count for one in failing)
        signs = [Sign(f"{one.count} new errors say that {text}", one.place) for one in failing[:2]]
        found.append(
            Cause(
                kind=kind,
                part=service,
                score=round(min(1.0, 0.7 * min(1.0, part_of / 0.5) + 0.3 * bool(shown)), 3),
                text=f"{text}: {count} new errors say so",
                signs=(*signs, *shown[:1]),
                refuted_by=refuted,
                began_at=began(failing),
                explains=part_of >= ENOUGH,
                independent=bool(shown),
                words=frozenset({"tls", "ssl", "cert", "verify", "dns", "host", "resolve"}),
                covers=tuple(one.place for one in failing),
            )
        )
    return found
