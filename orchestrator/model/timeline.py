"""One event, one line of the timeline: what the screen and `timeline.md` both show.

Pure, and in the words of the field: no task keys, no revisions. Facts that only keep the record
itself (hashes, written documents, planned times) give no line, so that writing the timeline down
never makes the timeline longer.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.change_kinds import WORDS
from orchestrator.model.differences import difference
from orchestrator.model.durations import words
from orchestrator.model.events import Event, Payload
from orchestrator.model.hotfix_state import TOLD as HOTFIX
from orchestrator.model.records import Differing
from orchestrator.model.timeline_attempts import ATTEMPTS
from orchestrator.model.timeline_cancelling import CANCELLING
from orchestrator.model.timeline_crew import CREW
from orchestrator.model.timeline_delivery import DELIVERY, KIND
from orchestrator.model.timeline_follow_up import FOLLOW_UP
from orchestrator.model.timeline_major import MAJOR
from orchestrator.model.timeline_people import PEOPLE
from orchestrator.model.timeline_row import KINDS, MARKS, Row, line, with_reason
from orchestrator.model.wording import (
    TRIGGERS,
    bare_name,
    deadline_words,
    ids,
    on_its_day,
    work,
)

__all__ = ["KINDS", "MARKS", "Row", "row"]


def row(event: Event) -> Row | None:
    """The event's line, or None for facts that only keep the record."""
    write = _ROWS.get(type(event.data))
    if write is None:
        return None
    found = write(event.data, event)
    if found is None:
        return None
    return Row(event.at, found.mark, found.text, found.who, found.evidence, found.kind)


def _code(role: str) -> str:
    return "".join(word[:1] for word in role.split("-")).upper()


def _by(event: Event) -> str:
    """The person behind an event; empty when it was the war room itself."""
    return "" if event.actor.kind in ("flow", "runner") else event.actor.name


def _approval_name(approval: str) -> str:
    """What the key says was decided; the offers of the flow are of any kind, whatever their key."""
    name = re.split(r"[@#]", approval.rsplit("/", 1)[-1])[0].replace("-", " ")
    return "change" if name == "rollback" else name


# --- the incident ---------------------------------------------------------------------------------


def _detected(data: ev.IncidentDetected, event: Event) -> Row:
    return line("warn", "incident detected", data.reporter)


def _forked(data: ev.IncidentForked, event: Event) -> Row:
    return line("warn", f"drill forked from {data.source} at event {data.seq}", data.by)


def _repeated(data: ev.AlertRepeated, event: Event) -> Row:
    if data.status == "resolved":
        return line("done", "alert resolved")
    return line("info", "alert repeated", data.status)


def _impact(data: ev.ImpactDated, event: Event) -> Row:
    return line(
        "info", f"impact began {on_its_day(data.started_at, event.at)}", evidence=data.evidence
    )


_STATUS_MARKS = {"MITIGATING": "now", "RESOLVED": "done", "REVIEWED": "done", "CLOSED": "done"}


def _status(data: ev.StatusChanged, event: Event) -> Row | None:
    if data.status in ("STOPPED", "REOPENED"):
        return line("late", with_reason(data.status, data.why))
    return line(_STATUS_MARKS.get(data.status, "info"), f"status {data.status}")


def _severity(data: ev.SeveritySet, event: Event) -> Row:
    levels = re.findall(r"\b(?:LOW|MEDIUM|HIGH)\b", data.why)
    if data.by == "matrix":
        who = "×".join(levels) if len(levels) == 2 else "matrix"
        return line("info", f"{data.severity} assigned", who)
    if data.by == "report":
        return line("info", f"{data.severity} reported")
    return line("warn", with_reason(f"{data.severity} set", data.why), data.by, kind="people")


def _priority(data: ev.PriorityComputed, event: Event) -> Row:
    return line("info", f"matrix gives {data.severity}", f"{data.impact}×{data.urgency}")


def _document_failed(data: ev.DocumentFailed, event: Event) -> Row:
    return line("late", f"a document cannot be written: {data.why}", kind="record")


# --- work and evidence ----------------------------------------------------------------------------

_REQUESTED = {
    "prepare": "dry run of the change",
    "action": "change begins",
    "probe": "watching for recovery",
    "relapse": "watching for a relapse",
}
"""What begins, by the step or the kind of the task."""


def _requested(data: ev.TaskRequested, event: Event) -> Row | None:
    if data.key.startswith(KIND):
        return None
    known = work(data.key)
    begun = known.name if data.kind == "page" else f"{known.name} started"
    text = _REQUESTED.get(data.step) or _REQUESTED.get(data.kind) or begun
    if data.kind == "action" and (of := WORDS.get(str(data.inputs.get("card", {}).get("kind")))):
        text = f"{of.noun} begins"
    if data.attempt > 1:
        text += f", attempt {data.attempt}"
    return line("now", text, known.code or _code(data.role), kind="task")


def _finished(data: ev.TaskFinished, event: Event) -> Row | None:
    if data.key.startswith(KIND):
        return None
    known = work(data.key)
    if data.outcome == "failed":
        return line("late", with_reason(f"{known.name} failed", data.why), known.code, kind="task")
    if data.outcome != "done":
        ended = "stopped" if data.outcome == "stopped" else "outcome unknown"
        return line("warn", with_reason(f"{known.name} {ended}", data.why), known.code, kind="task")
    if undone := _not_as_asked(data):
        return line("late", f"{known.name} {undone}", known.code, kind="task")
    text, cited = known.finished, _summary_evidence(data.report)
    if of := WORDS.get(str(data.report.get("kind"))):
        text = of.done
    if data.dropped:
        text = f"{known.name}, {len(data.dropped)} claim{'s' * (len(data.dropped) > 1)} dropped"
    return line("done", text, ids(cited) or known.code, cited, "task")


def _not_as_asked(data: ev.TaskFinished) -> str:
    """What became of a change that was not offered, not run, or did not run well; else empty."""
    report, why = data.report, str(data.report.get("why", ""))
    key = data.key.split("@")[0]
    if key in ("mitigation/prepare", "mitigation/prepare-undo", "security/prepare-isolation"):
        return "" if report.get("possible", True) else with_reason("finds nothing to offer", why)
    if key.startswith("page/"):
        return "" if report.get("delivered") else "not delivered"
    if key not in ("mitigation/execute", "mitigation/undo", "security/isolate"):
        return ""
    if report.get("drifted"):
        return why if report.get("cancelled") else with_reason("not run", why)
    return with_reason(f"failed, exit {report['exit']}", why) if report.get("exit") else ""


def _summary_evidence(report: Mapping[str, Any]) -> tuple[str, ...]:
    summary = report.get("summary")
    if not isinstance(summary, Mapping):
        return ()
    return tuple(str(item) for item in summary.get("evidence", ()))


def _late_report(data: ev.ReportRefused, event: Event) -> Row:
    return line(
        "warn", f"late report refused: {work(data.key).name}", work(data.key).code, kind="task"
    )


def _answerer(data: ev.TaskEngaged, event: Event) -> Row | None:
    if not data.why:
        return None
    known = work(data.key)
    text = with_reason(f"{known.name}: {data.backend} took over", data.why)
    return line("warn", text, known.code, kind="task")


def _differed(data: ev.MethodsDiffered, event: Event) -> Row:
    sides = (data.rules, data.rules_evidence, data.model, data.model_evidence, data.stands)
    told = difference(data.key, Differing(*sides))
    cited = (*data.rules_evidence, *data.model_evidence)
    return line("warn", told.words, evidence=cited, kind="cause")


def _evidence(data: ev.EvidenceAdded, event: Event) -> Row:
    text = data.summary or data.source
    if not data.instructions:
        return line("info", text, data.eid, (data.eid,), "evidence")
    more = f" and {len(data.instructions) - 1} more" if len(data.instructions) > 1 else ""
    warning = f"text meant for agents, not followed ({data.instructions[0]}{more}): {text}"
    return line("warn", warning, data.eid, (data.eid,), "evidence")


def _action(data: ev.ActionStarted, event: Event) -> Row:
    if data.adopted:
        return line("warn", "change found still running", f"pid {data.pid}", kind="task")
    return line("now", "change is running", f"pid {data.pid}", kind="task")


# --- judgement ------------------------------------------------------------------------------------


def _regression(data: ev.RegressionJudged, event: Event) -> Row:
    mark = "star" if data.verdict in ("CONFIRMED", "LIKELY") else "info"
    text = f"regression {data.verdict}".replace("regression NOT_REGRESSION", "not a regression")
    if data.bisected:
        text += f", bisect names {data.culprit[:8]}"
        text += f", not {data.suspected[:8]}" if data.suspected else ""
    return line(mark, text, evidence=data.evidence, kind="cause")


def _tier(data: ev.TierEscalated, event: Event) -> Row:
    if data.tier <= 1:
        return line("now", "tier 1 begins", data.who, kind="people")
    reason = data.reasons[0] if data.reasons else "time is up" if data.by == "time" else ""
    return line("warn", with_reason(f"tier {data.tier}", reason), data.who, kind="people")


def _cause(data: ev.CauseConcluded, event: Event) -> Row:
    mark = "info" if data.verdict == "INCONCLUSIVE" else "star"
    return line(mark, f"root cause {data.verdict}", evidence=data.evidence, kind="cause")


def _resolution(data: ev.ResolutionDecided, event: Event) -> Row:
    passed = sum(1 for check in data.checks if check.get("state") == "pass")
    mark = "done" if data.resolution == "RESOLVED" else "late"
    who = f"{passed}/{len(data.checks)} checks" if data.checks else ""
    return line(mark, data.resolution.replace("_", " "), who)


# --- deadlines ------------------------------------------------------------------------------------


def _met(data: ev.DeadlineMet, event: Event) -> Row:
    return line("done", deadline_words(data.name)[0], words(data.took), kind="deadline")


def _fired(data: ev.DeadlineFired, event: Event) -> Row:
    mark = "warn" if bare_name(data.name) in TRIGGERS else "late"
    return line(mark, deadline_words(data.name)[1], kind="deadline")


def _missed(data: ev.DeadlineMissed, event: Event) -> Row:
    text = f"{deadline_words(data.name)[1]}, nobody watching"
    return line("late", text, f"+{words(data.late)}", kind="deadline")


# --- approvals ------------------------------------------------------------------------------------


def _asked(data: ev.ApprovalRequested, event: Event) -> Row:
    of = WORDS.get(str(data.card.get("kind")))
    name = of.noun if of else data.action
    return line("wait", f"{name} proposed", evidence=data.evidence, kind="approval")


def _granted(data: ev.ApprovalGranted, event: Event) -> Row:
    name = _approval_name(data.approval)
    if data.override:
        text = with_reason(f"{name} approved on one source, override", data.override)
        return line("warn", text, data.by, kind="approval")
    return line("done", f"{name} approved", data.by, kind="approval")


def _denied(data: ev.ApprovalDenied, event: Event) -> Row:
    text = with_reason(f"{_approval_name(data.approval)} denied", data.why)
    return line("late", text, data.by, kind="approval")


def _expired(data: ev.ApprovalExpired, event: Event) -> Row:
    return line("late", f"{_approval_name(data.approval)} approval expired", kind="approval")


def _voided(data: ev.ApprovalVoided, event: Event) -> Row:
    text = with_reason(f"{_approval_name(data.approval)} approval void", data.why)
    return line("late", text, kind="approval")


def _line_stopped(data: ev.LineStopped, event: Event) -> Row:
    return line("late", with_reason("STOP", data.why), _by(event), kind="approval")


def _released(data: ev.LineReleased, event: Event) -> Row:
    return line(
        "done", with_reason("STOP lifted", data.assessment), event.actor.name, kind="approval"
    )


# --- the record -----------------------------------------------------------------------------------


def _runner(data: ev.RunnerStarted, event: Event) -> Row | None:
    """The first start is no news; coming back after a silence is."""
    if data.down <= 0:
        return None
    return line("warn", "runner back, nobody watched", words(data.down), kind="record")


def _failed(data: ev.FlowFailed, event: Event) -> Row:
    return line("late", f"internal error: {data.error}", data.where, kind="record")


def _unknown(data: ev.Unknown, event: Event) -> Row:
    return line("info", data.name.replace(".", " ").replace("_", " "), kind="record")


_ROWS: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    **PEOPLE,
    **MAJOR,
    **FOLLOW_UP,
    **CREW,
    **DELIVERY,
    **ATTEMPTS,
    **CANCELLING,
    **HOTFIX,
    ev.IncidentDetected: _detected,
    ev.IncidentForked: _forked,
    ev.AlertRepeated: _repeated,
    ev.ImpactDated: _impact,
    ev.StatusChanged: _status,
    ev.SeveritySet: _severity,
    ev.PriorityComputed: _priority,
    ev.DocumentFailed: _document_failed,
    ev.TaskRequested: _requested,
    ev.TaskFinished: _finished,
    ev.ReportRefused: _late_report,
    ev.TaskEngaged: _answerer,
    ev.MethodsDiffered: _differed,
    ev.EvidenceAdded: _evidence,
    ev.RegressionJudged: _regression,
    ev.TierEscalated: _tier,
    ev.CauseConcluded: _cause,
    ev.ResolutionDecided: _resolution,
    ev.DeadlineMet: _met,
    ev.DeadlineFired: _fired,
    ev.DeadlineMissed: _missed,
    ev.ApprovalRequested: _asked,
    ev.ApprovalGranted: _granted,
    ev.ApprovalDenied: _denied,
    ev.ApprovalExpired: _expired,
    ev.ApprovalVoided: _voided,
    ev.ActionStarted: _action,
    ev.LineStopped: _line_stopped,
    ev.LineReleased: _released,
    ev.RunnerStarted: _runner,
    ev.FlowFailed: _failed,
    ev.Unknown: _unknown,
}
