"""The sentences of the review's judgement, counted again from the lines it had before it."""

from collections.abc import Iterator

from benchmarks.recount.figures import Figures
from benchmarks.recount.hours import kept
from benchmarks.recount.lines import Line, Lines, at
from benchmarks.recount.words import UNKNOWN, about, count, one_line

STATUS_PAGE = "communications/status-page-update.md"
OVERDUE = {
    "acknowledge": "Acknowledgement overdue",
    "engage": "Engagement overdue",
    "regression": "Regression triage overdue",
    "resolve": "Resolution SLA breached",
    "status-page": "Status page overdue",
    "published review": "Promised public review overdue",
    "regulatory": "Regulatory report overdue",
    "commander": "Nobody commands it",
}
ENDS = ("deadline.met", "deadline.fired", "deadline.missed", "deadline.dropped")


def resolution(f: Figures) -> str:
    line = f.j.last("resolution.decided")
    decided: Line = line["data"] if line else {}
    text = str((f.decided or {}).get("resolution") or "No resolution is recorded")
    if decided.get("action"):
        text += f": {decided['action']}"
    elif text == "RESOLVED":
        text += " without any change: the signals recovered by themselves"
    began, restored = f.impact or f.begun, float(decided.get("restored_at") or 0)
    if restored > began:
        took = about(restored - began)
        again = "from the first harm to the last recovery it took"
        text += f"; {again if f.j.reopened else 'users were hit for'} {took}"
    return one_line(text + ".")


def went_well(f: Figures) -> Iterator[str]:
    row, policy = f.j.row, f.j.policy
    if f.detection is not None and f.detection <= policy["detection_target"]:
        yield f"It was detected {about(f.detection)} after impact began."
    for end, promise, rests, text in (
        (f.acknowledged, row["acknowledge"], True, "It was acknowledged {} after detection."),
        (f.engaged, row["engage"], True, "Somebody worked on it {} after detection."),
        (f.judged, policy["regression_target"], False,
         f"Whether a change brought it ({_verdict(f)}) was known in {{}}."),
        (f.triaged, policy["triage_target"], False, f"It was triaged as {f.j.severity} in {{}}."),
        (_page(f), row["status_page"], True, "The status page was told {} after detection."),
        (f.resolved, row["resolve"], True, "It was resolved in {}, as promised."),
    ):  # fmt: skip
        level = f.j.severity if rests else ""  # what machines do waits for nobody's morning
        if end and promise and kept(policy, level, f.begun, end, promise):
            yield text.format(about(end - f.begun))
    made = [one for one in f.changes if one.ran and not one.undoes]
    decided = f.j.last("resolution.decided")
    if len(made) == 1 and made[0].helped and decided and decided["data"]["action"]:
        yield "The first change that was made restored the signals."
    for one in f.changes:
        if one.undoes and one.ended == "carried out" and one.took is not None:
            yield f"An undo was carried out in {about(one.took)}."
    void = _decisions(f).count("approval.voided")
    if void:
        yield f"{count(void, 'approval')} no longer fit the target and let nothing run."
    ends = [task["end"] for task in f.j.tasks().values() if task["end"]]
    dropped = sum(len(end["dropped"]) for end in ends)
    if dropped:
        yield f"{count(dropped, 'statement')} without evidence that exists did not count."
    pieces = len(f.j.evidence)
    if pieces:
        was = "was" if pieces == 1 else "were"
        yield f"{count(pieces, 'piece')} of evidence {was} kept while it lasted."


def could_improve(f: Figures) -> list[str]:
    found = [*_promises(f), *_changes(f), *_people(f), *_work(f), *_lengths(f)]
    return list(dict.fromkeys(one_line(text) for text in found))


def communication(f: Figures) -> str:
    missing = [role for role in ("commander", "communications-lead") if role not in f.roles]
    if missing:
        return f"Nobody held the role of {' and '.join(missing)}."
    return "Commander and communications lead were named."


def judgement(f: Figures) -> dict[str, list[str]]:
    """The lists of the review, by the field of its report."""
    whys = f.j.report("rca/5whys").get("whys", [])
    line = f.j.last("cause.concluded")
    cause: Line = line["data"] if line else {"statement": "", "evidence": []}
    known = cause["statement"] not in ("", UNKNOWN) and cause["evidence"]
    return {
        "went_well": list(went_well(f)),
        "could_improve": could_improve(f),
        "technical": [one_line(cause["statement"])] if known else [],
        "process": [one_line(w["answer"]["text"]) for w in whys[3:5] if w["answer"]["evidence"]],
        "communication": [communication(f)],
    }


def as_reviewed(j: Lines) -> Figures:
    """The moment at which the review looked: after it was asked for, and before it ended.

    It reads the state once, while other work goes on, so the moment is looked for; everything it
    counts has to be true at one and the same.
    """
    ended = [x for x in j.all("task.finished", outcome="done")
             if x["data"]["key"].partition("@")[0] == "review/pir"]  # fmt: skip
    if not ended:
        return Figures(j)
    report, key = ended[-1]["data"]["report"], ended[-1]["data"]["key"]
    begun = j.all("task.requested", key=key)[-1]["seq"]
    said = {
        field: [one_line(one["text"]) for one in report.get(field, [])]
        for field in ("went_well", "could_improve", "technical", "process", "communication")
    }
    moments = [Figures(j.until(seq)) for seq in range(begun + 1, ended[-1]["seq"] + 1)]
    return next((f for f in moments if judgement(f) == said), moments[-1])


def _verdict(f: Figures) -> str:
    return str(f.j.said("regression.judged", "verdict") or UNKNOWN)


def _page(f: Figures) -> float | None:
    said = [
        x
        for x in f.j.lines
        if x["type"].startswith("message.") and x["type"] != "message.redrafted"
        if x["data"].get("path") == STATUS_PAGE
    ]
    return at(said[-1]) if said and said[-1]["type"] == "message.sent" else None


def _decisions(f: Figures) -> list[str]:
    """The first word on each proposed change."""
    found: dict[str, str] = {}
    for line in f.j.lines:
        if line["type"] in ("approval.granted", "approval.denied", "approval.expired",
                            "approval.voided"):  # fmt: skip
            found.setdefault(line["data"]["approval"], line["type"])
    return list(found.values())


def _promises(f: Figures) -> Iterator[str]:
    clocks: dict[str, Line] = {}
    ended: dict[str, str] = {}
    for line in f.j.lines:
        if line["type"] == "deadline.planned":
            clocks[line["data"]["name"]] = line["data"]
            ended.pop(line["data"]["name"], None)
        elif line["type"] in ENDS:
            ended.setdefault(line["data"]["name"], line["type"])
    for name, clock in clocks.items():
        late = ended.get(name) in ("deadline.fired", "deadline.missed")
        if clock["kind"] == "promise" and late:
            word = OVERDUE.get(name) or f"{name[:1].upper()}{name[1:].replace('-', ' ')} overdue"
            yield f"{word}: {about(clock['due'] - clock['start'])} were promised."


def _changes(f: Figures) -> Iterator[str]:
    for number, one in enumerate(f.changes, start=1):
        if one.failed:
            yield f"Change {number} of {len(f.changes)} ({one.title}): {one.ended}."
    tried = [one for one in f.changes if one.ran and not one.undoes]
    if len(tried) > 1:
        yield f"It took {len(tried)} changes, not one."
    if f.j.reopened:
        yield f"It came back after a resolution, {count(len(f.j.reopened), 'time')}."
    said = _decisions(f)
    for word in ("denied", "expired"):
        number = said.count(f"approval.{word}")
        if number:
            was = "was" if number == 1 else "were"
            yield f"{count(number, 'proposed change')} {was} {word}."
    for asked in f.j.all("approval.requested"):
        granted = f.j.all("approval.granted", approval=asked["data"]["approval"])
        if granted:
            waited = at(granted[0]) - at(asked)
            if waited > 0:
                yield f"The first approved change waited {about(waited)} for a decision."
            break


def _people(f: Figures) -> Iterator[str]:
    if f.acknowledged is None:
        yield "Nobody acknowledged the alert."
    if f.lapsed:
        yield "An acknowledgement lapsed: nothing followed it."
    vacant = [role for role in ("commander", "communications-lead") if role not in f.roles]
    if vacant and f.j.severity in ("P0", "P1"):
        yield f"Nobody held the role of {' or '.join(vacant)}."


def _work(f: Figures) -> Iterator[str]:
    if f.j.report("tier1/data").get("runbook") == UNKNOWN:
        yield "No runbook covers this service."
    tasks = list(f.j.tasks().values())
    taken = sum(1 for task in tasks if task["taken_over"])
    if taken:
        yield f"Rules had to take over {count(taken, 'task')} from a model."
    ended = [task["end"]["outcome"] for task in tasks if task["end"] and task["kind"] != "action"]
    ill = sum(1 for outcome in ended if outcome in ("failed", "unknown"))
    if ill:
        yield f"{count(ill, 'task')} of the war room itself failed."
    asked = len(f.j.questions())
    if asked:
        yield f"{count(asked, 'question')} stayed open when this was written."
    for why in f.j.report("rca/5whys").get("whys", [])[4:5]:
        if why["answer"]["evidence"]:
            yield why["answer"]["text"]


def _lengths(f: Figures) -> Iterator[str]:
    if f.detection is not None:
        yield f"Users were hit {about(f.detection)} before anybody was told."
    decided = f.j.last("resolution.decided")
    end = float(decided["data"]["restored_at"] or 0) if decided else 0.0
    end = end or f.resolved or 0.0
    if end > f.begun:
        which = "the last recovery" if f.j.reopened else "recovery"
        yield f"From detection to {which} it took {about(end - f.begun)}."
