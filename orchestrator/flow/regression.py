"""Step 1.5, regression triage: did a change bring this, and can it be taken back."""

from orchestrator.flow.decide import Incident, cited
from orchestrator.model import events as ev
from orchestrator.model import regression as rule
from orchestrator.model.events import Json

PROVISIONAL_IMPACT = {"P0": "HIGH", "P1": "MEDIUM", "P2": "LOW", "P3": "LOW", "": "HIGH"}
"""User impact before triage, from the severity as reported; unsure means higher."""

BLAMED = ("CONFIRMED", "LIKELY")
UNKNOWN = "UNKNOWN"


def regression(i: Incident) -> None:
    if i.skipped("regression"):
        judge(i, "skipped", {}, None, "HIGH")
        return
    asked = i.ask("regression/verdict", "regression-analyst", "changes and suspects")
    if i.state.regression and asked.outcome != "done":
        before = i.state.told("regression/verdict")
        if before:
            unregistered(i, before)
            return  # what was judged stands until a new word is there
    verdict = i.result(asked)
    if verdict is None:
        i.question("regression", "No analysis of the changes could be made. What changed lately?")
        judge(i, "1", {}, None, "HIGH")
        return
    feasibility: Json | None = None
    if rule.verdict(verdict["indicators"]) in ("CONFIRMED", "LIKELY", "POSSIBLE"):
        asked = i.ask("regression/feasibility", "reliability-engineer", "rollback feasibility")
        if asked.running and i.state.regression:
            return
        feasibility = i.result(asked)
        good = i.state.regression.get("good_version")
        if feasibility is None and verdict.get("good_version") == good:
            feasibility = i.state.told("regression/feasibility") or None
    judge(i, "1", verdict, feasibility, PROVISIONAL_IMPACT[i.state.severity])
    bisect(i, verdict, feasibility)
    unregistered(i, verdict)


def unregistered(i: Incident, verdict: Json) -> None:
    """What only a person can tell of the register's entry is asked once the service is well."""
    if i.state.resolution != "RESOLVED" or i.state.regression.get("verdict") not in BLAMED:
        return
    if "feature" not in i.state.answers:
        i.question("feature", "Which feature of the service did the regression hit?")
    subjects = [one.get("subject", "") for one in verdict.get("suspects", ())[:1]]
    named = any("#" in str(subject) for subject in subjects)
    if i.state.regression["culprit"] and not named and "pull request" not in i.state.answers:
        i.question("pull request", "Which pull request brought the change?")


def bisect(i: Incident, verdict: Json, feasibility: Json | None) -> None:
    """A test is run between the versions beside everything else; what it finds is judged anew."""
    if i.state.service not in i.state.bisects or not _searchable(verdict):
        return
    asked = i.ask(
        "regression/bisect", "regression-analyst", "bisect with the test", kind="bisect", tries=1
    )
    if asked.outcome == "done" and asked.report["culprit"]:
        judge(i, "bisect", verdict, feasibility, str(i.state.regression["impact"]))


def _searchable(verdict: Json) -> bool:
    """Two versions are known, and a change is held to have brought it."""
    versions = (str(verdict.get(name, UNKNOWN)) for name in ("good_version", "bad_version"))
    if any(one["nearest"] and one["kind"] == "feature-flag" for one in verdict.get("changes", ())):
        return False
    return UNKNOWN not in versions and rule.verdict(verdict["indicators"]) in BLAMED


def judging_anew(i: Incident) -> bool:
    """Whether the changes are being looked at again: nothing is proposed on the old word."""
    if i.skipped("regression"):
        return False
    asked = (i.state.latest(f"regression/{one}") for one in ("verdict", "feasibility"))
    return bool(i.state.regression) and any(task is not None and task.running for task in asked)


def bisecting(i: Incident) -> bool:
    """Whether a bisect is at work whose answer may be another culprit."""
    task = i.state.latest("regression/bisect")
    return task is not None and task.running


def judge_again(i: Incident) -> None:
    """The row of the matrix is looked up again once triage knows the real impact."""
    verdict = i.state.told("regression/verdict")
    if judging_anew(i) or not verdict or i.state.impact == i.state.regression.get("impact"):
        return
    judge(i, "2", verdict, i.state.told("regression/feasibility") or None, i.state.impact)


def judge(
    i: Incident, occurrence: str, report: Json, feasibility: Json | None, impact: str
) -> None:
    judged = i.nth(f"regression/judged/{occurrence}")
    if judged in i.state.ids:
        return
    indicators = report.get("indicators", ())
    verdict, part = rule.verdict(indicators), rule.share(indicators)
    way = (feasibility or {}).get("way") or {}
    rollback = _feasible(feasibility, str(way.get("option", "rollback")))
    action, urgency = rule.action(verdict, rollback, impact)
    suspect: Json = next(iter(report.get("suspects", ())), {}) if verdict in BLAMED else {}
    suspected = str(suspect.get("sha", ""))
    tested = (i.state.report("regression/bisect") or {}) if verdict in BLAMED else {}
    found = str(tested.get("culprit", ""))  # a test counts more than a ranking
    i.emit(
        judged,
        ev.RegressionJudged(
            verdict=verdict,
            confidence=rule.confidence(part),
            share=part,
            rollback=rollback,
            impact=impact,
            action=action,
            urgency=urgency,
            culprit=found or suspected,
            culprit_confidence=_likelihood(report, found or suspected),
            good_version=str(report.get("good_version", "UNKNOWN")),
            bad_version=str(report.get("bad_version", "UNKNOWN")),
            evidence=cited(
                [
                    *(item["why"] for item in indicators if item["holds"] == "yes"),
                    *([tested["summary"]] if found else []),
                ]
            ),
            bisected=bool(found),
            suspected=suspected if found and found != suspected else "",
            way={name: way[name] for name in ("kind", "action", "params")} if way else {},
            change=_other(report) if verdict in BLAMED else "",
        ),
    )


def _likelihood(report: Json, sha: str) -> float:
    """What the ranking gives a commit; one it does not know has none."""
    known = (one for one in report.get("suspects", ()) if one["sha"] == sha)
    return float(next(known, {"confidence": 0.0})["confidence"])


def _other(report: Json) -> str:
    """The change that is judged, where it is a flag or a configuration."""
    for one in report.get("changes", ()):
        if one["nearest"] and one["kind"] in ("feature-flag", "configuration"):
            return f"{one['kind']} {one['what']}: {one['before']} to {one['after']}"
    return ""


def way_back(judged: Json) -> Json | None:
    """What to offer: the catalogue's way as it was assessed, else the version that worked."""
    if judged.get("way"):
        return dict(judged["way"])
    version = str(judged.get("good_version", UNKNOWN))
    return {"kind": "rollback", "params": {"version": version}} if version != UNKNOWN else None


def _feasible(feasibility: Json | None, way: str) -> str:
    """Feasibility of the way back; one whose reason did not hold counts as BLOCKED."""
    for option in (feasibility or {}).get("options", ()):
        if option["name"] == way:
            return str(option["feasibility"]) if option["why"]["text"] != "UNKNOWN" else "BLOCKED"
    return "BLOCKED"
