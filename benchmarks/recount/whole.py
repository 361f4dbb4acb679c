"""Lines of a review that one fact of the journal gives whole: exceptions, options, who was told."""

from benchmarks.recount.lines import Line, Lines, at
from benchmarks.recount.words import moment, one_line

MESSAGES = {
    *("message.drafted", "message.due", "message.sent", "message.not_required"),
    *("message.send_requested", "message.delivered"),
}


def whole_lines(j: Lines) -> set[str]:
    """All of them, as plain text."""
    kinds = (_exceptions, _dropped, _options, _hypotheses, _told, _evidence)
    return {line for kind in kinds for line in kind(j)}


def _exceptions(j: Lines) -> list[str]:
    names = {
        "sla-exceeded": "SLA EXCEEDED",
        "path-blocked": "ESCALATION PATH BLOCKED",
        "major-incident": "MAJOR INCIDENT",
        "rollback-failed": "ROLLBACK FAILED",
        "security": "POSSIBLE BREACH OR DATA LOSS",
    }
    found: list[str] = []
    for line in j.all("exception.declared"):
        said: Line = line["data"]
        found.append(
            f"- **{names[said['name']]}** since {moment(at(line))}: {one_line(said['why'])}"
        )
        found += [f"- {one_line(step)}" for step in said["actions"]]
    return found


def _dropped(j: Lines) -> list[str]:
    tasks = j.tasks().values()
    return [
        f"- {one_line(text)} ({task['role']})"
        for task in tasks
        if task["end"]
        for text in task["end"]["dropped"]
    ]


def _options(j: Lines) -> list[str]:
    report = j.report("mitigation/strategy")
    return [
        f"- {o['name']} ({'possible' if o['available'] else 'not possible'}, {o['minutes']} min, "
        f"risk {o['risk']}): {one_line(o['why']['text'])}"
        for o in report.get("options", [])
    ]


def _hypotheses(j: Lines) -> list[str]:
    report = j.report("tier2/analysis")
    return [
        f"- {h['id']}, {h['status']}: {one_line(h['statement'])}"
        for h in report.get("hypotheses", [])
    ]


def _told(j: Lines) -> list[str]:
    found: dict[str, str] = {}
    for line in j.lines:
        if line["type"] in MESSAGES:
            said, word = line["data"], line["type"].partition(".")[2].replace("_", " ")
            more = f" {moment(at(line))} by {said['by']}" if word == "sent" else ""
            more = f", {one_line(said['why'])}" if not more and said.get("why") else more
            found[said["path"]] = f"- `{said['path']}`: {word}{more}"
    return list(found.values())


def _evidence(j: Lines) -> list[str]:
    found = [(moment(at(x)), x["data"]) for x in j.all("evidence.added")]
    return [f"- [{e['eid']}] {w} `{e['command']}`: {one_line(e['summary'])}" for w, e in found]
