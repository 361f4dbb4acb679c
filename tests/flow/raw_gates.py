"""Gates computed a second time, from the journal's raw lines alone: no state, no fold, no gates.py.

Written from what the gates promise, not from how they are computed; both must agree.
"""

from collections.abc import Callable

from benchmarks.recount.hours import kept
from tests.flow.raw_journal import Line, RawJournal, at

PASS, FAIL, NOT_APPLICABLE = "PASS", "FAIL", "N-A"
TEXTS = "communications/"
NOTICE = f"{TEXTS}resolution-notification.md"
SPANS = ("immediate", "short_term", "long_term")
UPDATE = 3600.0
"""How long leaders may wait where no interval of updates is promised."""


def raw_gates(lines: list[Line]) -> dict[str, str]:
    """Gate name → PASS, FAIL or N-A."""
    j = RawJournal(lines)
    return {
        name: NOT_APPLICABLE if step and j.skipped(step) else compute(j)
        for name, (step, compute) in GATES.items()
    }


def _missing(j: RawJournal) -> str:
    return FAIL if j.over else NOT_APPLICABLE


def _within(j: RawJournal, limit: float | None, end: float | None) -> str:
    if limit is None:
        return NOT_APPLICABLE
    if end is None:
        return _missing(j)
    return PASS if round(max(0.0, end - j.begun), 3) <= limit else FAIL


def _promised(j: RawJournal, begun: float, end: float, limit: float) -> str:
    """In the hours in which people work, where the policy says so."""
    return PASS if kept(j.policy, j.severity, begun, end, limit) else FAIL


def _detected(j: RawJournal) -> str:
    impact = j.said("impact.dated", "started_at")
    if not impact:
        return NOT_APPLICABLE
    return PASS if round(j.begun - impact, 3) <= j.policy["detection_target"] else FAIL


def _regression(j: RawJournal) -> str:
    return _within(j, j.policy["regression_target"], j.first("regression.judged"))


def _triage(j: RawJournal) -> str:
    return _within(j, j.policy["triage_target"], j.first("priority.computed"))


def _commander(j: RawJournal) -> str:
    if j.severity not in ("P0", "P1"):
        return NOT_APPLICABLE
    return PASS if j.all("role.assigned", role="commander") else _missing(j)


def _functional(j: RawJournal) -> str:
    if not j.all("tier.escalated", tier=1):
        return _missing(j)
    if j.row["tier2"] is None:
        return NOT_APPLICABLE
    second = _rung(j, 2)
    if second != PASS or not j.all("tier.escalated", tier=2) or j.row["tier3"] is None:
        return second
    third = _rung(j, 3)
    return FAIL if third == FAIL else PASS


def _rung(j: RawJournal, tier: int) -> str:
    """Engaged by its time, or the incident was over by then, or a person held it back."""
    clock, engaged = j.clock(f"tier{tier}"), j.last("tier.escalated", tier=tier)
    due = max(clock.due, clock.planned_at) if clock else j.begun + j.row[f"tier{tier}"]
    if engaged is not None:
        called_off = clock is None or (clock.end == "deadline.dropped" and clock.ended_at < engaged)
        return PASS if called_off or engaged <= due + j.policy["grace"] else FAIL
    resolved = j.since_reopened("status.changed", status="RESOLVED")
    if resolved and at(resolved) <= due:
        return PASS
    return NOT_APPLICABLE if j.all("deadline.held", name=f"tier{tier}") else _missing(j)


def _hierarchical(j: RawJournal) -> str:
    patience = j.row["update"] or UPDATE
    told = False
    for audience in ("management", "executive"):
        for number in range(1, 20):
            again = f"-{number}" if number > 1 else ""
            path = f"{TEXTS}{audience}-notification{again}.md"
            due, sent = j.first("message.due", path=path), _sent(j, path)
            clock = None if again else j.clock(audience)
            if due is None and clock is not None and clock.came:
                due = clock.due
            if due is not None and sent is None:
                return _missing(j)
            if due is not None and sent is not None and _promised(j, due, sent, patience) == FAIL:
                return FAIL
            told |= sent is not None
    return PASS if told else NOT_APPLICABLE


def _sent(j: RawJournal, path: str) -> float | None:
    """When a text went out, if that is the last that was said of it."""
    said = [line for line in j.lines if line["type"].startswith("message.")]
    said = [line for line in said if line["data"]["path"] == path]
    return at(said[-1]) if said and said[-1]["type"] == "message.sent" else None


def _cause(j: RawJournal) -> str:
    both = j.report("rca/5whys") is not None and j.report("rca/ishikawa") is not None
    return PASS if both and j.all("cause.concluded") else _missing(j)


def _mitigation(j: RawJournal) -> str:
    decided = j.since_reopened("resolution.decided")
    if decided is None or not decided["data"]["checks"]:
        return _missing(j)
    if decided["data"]["resolution"] != "RESOLVED":
        return FAIL
    return PASS if decided["data"]["action"] else NOT_APPLICABLE


def _informed(j: RawJournal) -> str:
    page, notice = _sent(j, f"{TEXTS}status-page-update.md"), _sent(j, NOTICE)
    promised, clock = j.row["status_page"] is not None, j.clock("status-page")
    if not promised and page is None and notice is None:
        return NOT_APPLICABLE
    if promised and clock is not None:
        if clock.came and page is None:
            return _missing(j)
        if page is not None and page > max(clock.due, clock.planned_at) + j.policy["grace"]:
            return FAIL
    return PASS if notice is not None else _missing(j)


def _resolved(j: RawJournal) -> str:
    resolved = j.since_reopened("status.changed", status="RESOLVED")
    limit = j.row["resolve"]
    if limit is None or resolved is None:
        return _within(j, limit, None)
    return _promised(j, j.begun, at(resolved), limit)


def _review(j: RawJournal) -> str:
    if j.row["review"] is None:
        return NOT_APPLICABLE
    resolved = j.since_reopened("status.changed", status="RESOLVED")
    written = j.since_reopened("status.changed", status="REVIEWED")
    if resolved is None or written is None:
        return FAIL if j.status == "CLOSED" else NOT_APPLICABLE
    return _promised(j, at(resolved), at(written), j.row["review"])


def _preventive(j: RawJournal) -> str:
    if j.row["review"] is None:
        return NOT_APPLICABLE
    owners = _owners(j)
    if not owners:
        proposed = j.report("review/actions") is not None
        return _missing(j) if proposed else _follows_review(j)
    return FAIL if any(owner in ("", "UNKNOWN") for owner in owners) else PASS


def _owners(j: RawJournal) -> list[str]:
    """Of each action: of those tracked, and of those the latest review adds in other words."""
    tracked = j.all("action_item.tracked")
    words = [_words(line["data"]["text"]) for line in tracked]
    owners = []
    for line in tracked:
        changes = j.all("action_item.changed", action=line["data"]["action"])
        given = [change["data"]["owner"] for change in changes if change["data"]["owner"]]
        owners.append([line["data"]["owner"], *given][-1])
    report = j.report("review/actions") or {}
    for proposed in (one for span in SPANS for one in report.get(span, [])):
        text = _words(proposed.get("action", {}).get("text", "UNKNOWN"))
        if text in words:
            words.remove(text)
        else:
            owners.append(proposed["owner"])
    return owners


def _words(text: str) -> str:
    return " ".join(text.split()).lower()


def _runbooks(j: RawJournal) -> str:
    if j.row["review"] is None:
        return NOT_APPLICABLE
    lacking = j.report("review/runbook") is None or j.report("review/knowledge") is None
    return _follows_review(j) if lacking else PASS


def _follows_review(j: RawJournal) -> str:
    """What comes out of a review is not missing before the review is written."""
    reviewed = j.since_reopened("status.changed", status="REVIEWED")
    return FAIL if reviewed is not None or j.status == "CLOSED" else NOT_APPLICABLE


def _registered(j: RawJournal) -> str:
    if j.said("regression.judged", "verdict") not in ("CONFIRMED", "LIKELY"):
        return NOT_APPLICABLE
    written = [line["data"]["path"] for line in j.all("document.written")]
    kept = any(path.startswith(".aiwg/regression/register/REG-") for path in written)
    return PASS if kept else _missing(j)


GATES: dict[str, tuple[str, Callable[[RawJournal], str]]] = {
    "Detected and logged": ("detection", _detected),
    "Regression triage": ("regression", _regression),
    "Triage": ("triage", _triage),
    "Commander assigned": ("", _commander),
    "Functional escalation": ("tiers", _functional),
    "Hierarchical escalation": ("notify", _hierarchical),
    "Root cause by 5 Whys and fishbone": ("root-cause", _cause),
    "Mitigation deployed and validated": ("mitigation", _mitigation),
    "Users informed": ("notify", _informed),
    "Resolved within SLA": ("", _resolved),
    "Post-incident review": ("review", _review),
    "Preventive actions tracked": ("review", _preventive),
    "Runbooks and knowledge base": ("review", _runbooks),
    "Regression registered": ("regression", _registered),
}
"""Name → the step whose skipping makes it moot, and how it is computed."""
