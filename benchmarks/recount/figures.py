"""The lengths, shares and changes of an incident, counted from its raw lines."""

import math
from dataclasses import dataclass
from functools import cached_property

from benchmarks.recount.lines import Line, Lines, at
from benchmarks.recount.words import UNKNOWN

EFFECTS = {
    "worse": "made it worse",
    "unmeasured": "could not be measured",
    "none": "changed nothing",
    "improved": "helped in part",
    "restored": "brought the service back",
    "relapsed": "brought the service back for a while",
    "taken back": "was taken back before it could be judged",
}
MONTH = 30 * 86400.0


@dataclass(frozen=True)
class Change:
    title: str
    key: str
    by: str
    began: float
    took: float | None
    ended: str
    ran: bool
    helped: bool | None

    @property
    def undoes(self) -> bool:
        return self.key.startswith("mitigation/undo")

    @property
    def failed(self) -> bool:
        return self.ran and (self.helped is False or not self.ended.startswith("carried out"))


class Figures:
    """What the lines up to some moment add up to."""

    def __init__(self, lines: Lines) -> None:
        self.j = lines
        self.begun = lines.begun

    def since(self, end: float | None) -> float | None:
        return _between(self.begun, end)

    @property
    def impact(self) -> float | None:
        return float(self.j.said("impact.dated", "started_at") or 0) or None

    @property
    def detection(self) -> float | None:
        return _between(self.impact, self.begun)

    @property
    def acknowledged(self) -> float | None:
        seen, lapsed = self.j.last("incident.acknowledged"), self.lapsed
        if not seen or (lapsed and lapsed["seq"] > seen["seq"]):
            return None
        return at(seen)

    @property
    def lapsed(self) -> Line | None:
        return self.j.last("acknowledgement.lapsed")

    @property
    def engaged(self) -> float | None:
        return _at(self.j.last("incident.engaged"))

    @property
    def judged(self) -> float | None:
        return self.j.earliest("regression.judged")

    @property
    def triaged(self) -> float | None:
        return self.j.earliest("priority.computed")

    @property
    def resolved(self) -> float | None:
        return _at(self.j.standing("status.changed", status="RESOLVED"))

    @property
    def decided(self) -> Line | None:
        """The resolution in force."""
        line = self.j.standing("resolution.decided")
        return line["data"] if line else None

    @property
    def restored(self) -> float | None:
        return float(self.decided["restored_at"] or 0) or None if self.decided else None

    @property
    def downtime(self) -> float | None:
        return _between(self.impact, self.restored)

    @property
    def failed_share(self) -> float | None:
        urgency, impact = self.j.newest("triage/urgency"), self.j.newest("triage/impact")
        if urgency.get("availability") is not None:
            return round(1 - float(urgency["availability"]), 6)
        share = impact.get("affected_share")
        return None if share is None else float(share)

    @property
    def measured(self) -> str:
        told = self.j.newest("triage/urgency").get("availability") is not None
        return "from the start of impact to triage" if told else "at triage"

    @property
    def lost(self) -> float | None:
        """Share of a month's availability that went with this incident."""
        if self.failed_share is None or self.downtime is None:
            return None
        return float(self.failed_share * self.downtime / MONTH)

    @property
    def roles(self) -> dict[str, str]:
        return {x["data"]["role"]: x["data"]["person"] for x in self.j.all("role.assigned")}

    @cached_property
    def changes(self) -> list[Change]:
        tasks = self.j.tasks()
        ran = [task for task in tasks.values() if task["kind"] == "action"]
        return [self._change(t, tasks) for t in sorted(ran, key=lambda t: (t["asked"], t["key"]))]

    def _change(self, task: Line, tasks: dict[str, Line]) -> Change:
        end, looks = task["end"], None
        well = bool(end) and end["outcome"] == "done" and end["report"].get("exit") == 0
        if well and "/execute" in task["key"]:
            looks = tasks.get(task["key"].replace("/execute", "/validate"))
        approval = str(task["inputs"].get("approval", ""))
        people = [
            line["data"]["by"]
            for kind in ("approval.endorsed", "approval.granted")
            for line in self.j.all(kind, approval=approval)
        ]
        helped = passed(looks) if looks and looks["end"] else None
        ended, effect = _ended(end, well, looks), self._effect(approval) if well else ""
        if effect:
            ended, helped = f"carried out; {EFFECTS[effect]}", effect == "restored"
        return Change(
            task["title"],
            task["key"],
            " and ".join(people) or UNKNOWN,
            task["asked"],
            None if end is None else round(max(0.0, task["ended"] - task["asked"]), 3),
            ended,
            end is not None and not end["report"].get("drifted"),
            helped,
        )

    def _effect(self, approval: str) -> str:
        """How a change was judged by code; a relapse after that takes a recovery back."""
        said: dict[str, str] = {}
        titles: dict[str, str] = {}
        for line in self.j.lines:
            data = line["data"]
            if line["type"] == "attempt.judged":
                said[data["approval"]], titles[data["approval"]] = data["effect"], data["title"]
            elif line["type"] == "incident.relapsed":
                mine = {name for name, title in titles.items() if title == data["action"]}
                said |= {name: "relapsed" for name in mine if said[name] == "restored"}
        effect = said.get(approval, "")
        return "" if effect == "failed" else effect

    @cached_property
    def spent(self) -> dict[str, list[Line]]:
        """Turns of models by task key, in the order the tasks were first asked for."""
        found: dict[str, list[Line]] = {key: [] for key in self.j.tasks()}
        for line in self.j.all("task.spent"):
            found[line["data"]["key"]].append(line["data"])
        return {key: turns for key, turns in found.items() if turns}


def passed(looks: Line) -> bool:
    end = looks["end"]
    if end["outcome"] != "done" or "passes" not in end["report"]:
        return False
    seen = end["report"]
    enough = seen["passes"] >= seen["needed"] and seen["stable_for"] >= seen["window"]
    return bool(enough and not seen["gave_up"])


def _ended(end: Line | None, well: bool, looks: Line | None) -> str:
    if end is None:
        return "still running"
    why = str(end["why"] or end["report"].get("why") or "")
    tail = f": {why}" if why else ""
    if end["report"].get("drifted"):
        return f"not run{tail}"
    if end["outcome"] != "done":
        word = "outcome unknown" if end["outcome"] == "unknown" else end["outcome"]
        return f"{word}{tail}"
    if not well:
        return f"failed, exit {end['report'].get('exit', UNKNOWN)}{tail}"
    if looks is None:
        return "carried out"
    if looks["end"] is None:
        return "carried out; its effect is being watched"
    return f"carried out; the signals {'came' if passed(looks) else 'did not come'} back"


def _at(line: Line | None) -> float | None:
    return at(line) if line else None


def _between(start: float | None, end: float | None) -> float | None:
    if not start or not end:
        return None
    return round(max(0.0, end - start), 3)


def total(turns: list[Line], field: str) -> float:
    return math.fsum(float(turn[field]) for turn in turns)
