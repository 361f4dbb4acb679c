"""Step 5, root cause: five whys and the fishbone side by side; code caps what may be claimed."""

from orchestrator.flow.decide import Incident, Pending, cited, text_of
from orchestrator.flow.regression import bisecting
from orchestrator.flow.tiers import tiers_over
from orchestrator.model import events as ev
from orchestrator.model.events import Json


def root_cause(i: Incident) -> None:
    if i.skipped("root-cause"):
        skip(i)
        return
    tiers_over(i)
    if bisecting(i):
        raise Pending
    asked = i.ask("rca/5whys", "incident-responder", "five whys")
    whys, _ = i.all(
        asked,
        i.ask("rca/ishikawa", "reliability-engineer", "contributing factors"),
    )
    claim = (whys or {}).get("root_cause") or {}
    evidence = cited([claim])
    claimed = str((whys or {}).get("verdict", "INCONCLUSIVE"))
    kinds = {i.state.evidence[e].kind for e in evidence if e in i.state.evidence}
    restored = i.state.resolution == "RESOLVED" and bool(i.state.resolution_action)
    culprit = str((whys or {}).get("culprit", ""))
    tested = bool(i.state.regression.get("bisected")) and bool(culprit)
    tested = tested and culprit == i.state.regression["culprit"]
    verdict, why = cap(claimed, len(kinds), restored, tested, _doubt(i, asked.key, whys))
    i.emit(
        i.nth(f"cause/concluded/{i.state.resolutions}"),
        ev.CauseConcluded(
            verdict=verdict,
            statement=text_of(whys, "root_cause") if verdict != "INCONCLUSIVE" else "UNKNOWN",
            culprit=culprit if verdict != "INCONCLUSIVE" else "",
            evidence=evidence,
            claimed=claimed,
            why=why,
        ),
    )


def skip(i: Incident) -> None:
    """A root cause nobody looked for is none, and the reason is kept."""
    why = i.state.skipped["root-cause"]
    nothing = ev.CauseConcluded("INCONCLUSIVE", "UNKNOWN", "", (), "INCONCLUSIVE", why)
    i.emit("cause/skipped", nothing)


def _doubt(i: Incident, key: str, whys: Json | None) -> str:
    """Why the cause is no more than LIKELY, whatever was restored; empty where nothing says so."""
    if key in i.state.differing:
        return "the ranking and the model name different causes"
    if (whys or {}).get("by") == "model":
        return "only the model names this cause"
    return ""


def cap(
    claimed: str, kinds: int, restored: bool, tested: bool = False, doubt: str = ""
) -> tuple[str, str]:
    """The most that may be said: CONFIRMED needs two kinds of evidence, either a mitigation that
    restored the metrics or a test that a bisect passed, and no doubt; LIKELY one kind; a claim of
    INCONCLUSIVE is never raised."""
    if claimed == "INCONCLUSIVE":
        return "INCONCLUSIVE", "nobody claims to know the cause"
    if kinds == 0:
        return "INCONCLUSIVE", "no evidence that exists supports the cause"
    if kinds >= 2 and doubt:
        return "LIKELY", f"{kinds} kinds of evidence, but {doubt}"
    if kinds >= 2 and restored:
        return "CONFIRMED", f"{kinds} kinds of evidence, and its mitigation restored the metrics"
    if kinds >= 2 and tested:
        return "CONFIRMED", f"{kinds} kinds of evidence, and a bisect with a test found the change"
    if kinds >= 2:
        return "LIKELY", f"{kinds} kinds of evidence; no mitigation has proven it yet"
    return "LIKELY", "one kind of evidence only"
