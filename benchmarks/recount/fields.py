"""What each labelled field and each row of figures of a review must say."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.recount.figures import Figures, total
from benchmarks.recount.lines import Line, name
from benchmarks.recount.words import (
    UNKNOWN,
    dollars,
    length,
    moment,
    one_line,
    percent,
    tokens,
)

SPANS = {"immediate": 7, "short_term": 30, "long_term": 90}
HEADINGS = {
    "Immediate (1 week)": "immediate",
    "Short-term (1 month)": "short_term",
    "Long-term (3 months)": "long_term",
}
AGAIN = " (from the first harm to the last recovery, the well time between them included)"


class Fields:
    """The expected words of one review."""

    def __init__(self, figures: Figures) -> None:
        self.f = figures
        self.j = figures.j
        self.answers = self.j.answers()

    def known(self, label: str, value: Any) -> str:
        """The value, else what a person answered, else UNKNOWN."""
        if value in (None, "", UNKNOWN):
            asked = name(label)
            fields = [field for field in self.answers if f" {field} " in f" {asked} "]
            field = asked if asked in self.answers else next(iter(fields), "")
            return f"{one_line(self.answers[field])} (answered by a person)" if field else UNKNOWN
        return one_line(str(value))

    def value(self, section: str, label: str) -> str | None:
        """What the field says; None where no rule gives it."""
        rule = _FIELDS.get((section, label)) or _FIELDS.get(("", label))
        return None if rule is None else rule(self)

    def evidence(self, section: str, label: str) -> tuple[str, ...]:
        """What a field of a report rests on, where the review says it."""
        rests = {
            "Root cause": self.cause.get("evidence") if section == "Executive summary" else None,
            "Verdict": self.cause.get("evidence"),
            "Symptoms": self.j.report("review/pir").get("symptoms", {}).get("evidence"),
            "Effect": self.impact.get("why", {}).get("evidence"),
            "Data loss": self.impact.get("why", {}).get("evidence"),
            "Finding": self.j.report("security/assessment").get("summary", {}).get("evidence"),
        }
        rests["Suspected"] = rests["Finding"]
        for known in ("Regression", "Change", "Live since"):
            rests[known] = self.regression.get("evidence")
        return tuple(dict.fromkeys(rests.get(label) or ()))

    @property
    def impact(self) -> Line:
        return self.j.report("triage/impact")

    @property
    def cause(self) -> Line:
        line = self.j.last("cause.concluded")
        return line["data"] if line else {}

    @property
    def regression(self) -> Line:
        line = self.j.last("regression.judged")
        return line["data"] if line else {}

    @property
    def verdict(self) -> Line:
        return self.j.report("regression/verdict")

    @property
    def affected(self) -> str:
        users = self.impact.get("affected_users", UNKNOWN)
        if users in ("", UNKNOWN):
            users = self.j.report("detect/record").get("affected_users", UNKNOWN)
        return self.known("Affected users", users)

    @property
    def downtime(self) -> str:
        again = AGAIN if self.j.reopened and self.f.downtime is not None else ""
        return self.known("Downtime", length(self.f.downtime)) + again

    def said(self, label: str, value: Any) -> str:
        """A report's plain word; without evidence of its own it is an assumption."""
        if value in (None, "", UNKNOWN):
            return self.known(label, None)
        return f"{one_line(str(value))} (assumption)"

    def of_executive(self, field: str) -> Any:
        value = self.impact.get(field, UNKNOWN)
        return self.j.report("notify/executive").get(field) if value == UNKNOWN else value


def _user_impact(x: Fields) -> str:
    share = ""
    if x.f.lost is not None:
        share = f"{percent(x.f.failed_share)} of requests failed {x.f.measured}, "
    return f"users hit: {x.affected}, {share}downtime {x.downtime}"


def _failed(x: Fields) -> str:
    if x.f.lost is None:
        return x.known("Share of requests that failed", None)
    return f"{percent(x.f.failed_share)} (measured {x.f.measured})"


def _availability(x: Fields) -> str:
    target = x.j.policy["sla_target"]
    if x.f.lost is None:
        return f"{UNKNOWN} (target {percent(target, 2)})"
    return f"{percent(round(1 - x.f.lost, 8), 4)} (target {percent(target, 2)})"


def _budget(x: Fields) -> str:
    if x.f.lost is None:
        return UNKNOWN
    target = x.j.policy["sla_target"]
    return f"{percent(round(x.f.lost / (1 - target), 4))} of 30 days"


def _breached(x: Fields) -> str:
    if x.f.lost is None:
        return UNKNOWN
    return "YES" if round(1 - x.f.lost, 8) < x.j.policy["sla_target"] else "NO"


def _root_cause(x: Fields) -> str:
    said = x.cause.get("statement", UNKNOWN)
    if said in ("", UNKNOWN):
        return x.known("Root cause", None)
    return f"{one_line(said)} ({x.cause['verdict']})"


def _suspect(x: Fields) -> str:
    found = [s for s in x.verdict["suspects"] if s["sha"] == x.regression["culprit"]]
    return f"{one_line(found[0]['subject'])}, by {found[0]['author']}, {moment(found[0]['at'])}"


def _harm(x: Fields) -> str:
    return length(max(0.0, (x.f.impact or 0) - x.verdict["bad_since"]))


def _older(x: Fields) -> str:
    return f"{length(max(0.0, x.verdict['bad_since'] - (x.f.impact or 0)))}: the harm is older"


def _duration(x: Fields) -> str:
    took = length(x.f.since(x.f.resolved))
    return f"{x.known('Duration', took)} from detection to resolution"


def _symptoms(x: Fields) -> str:
    return x.known("Symptoms", x.j.report("review/pir").get("symptoms", {}).get("text"))


def _regulatory(x: Fields) -> str:
    return moment(x.j.all("deadline.planned", name="regulatory")[-1]["data"]["due"])


def _alike(x: Fields) -> str:
    book = x.j.report("review/knowledge")
    if not book:
        return x.known("Incidents that look alike", None)
    return ", ".join(book["related"]) or "none of this project"


Rule = Callable[[Fields], str]
_FIELDS: dict[tuple[str, str], Rule] = {
    ("", "Date"): lambda x: moment(x.f.resolved or x.f.begun),
    ("", "Severity"): lambda x: x.known("Severity", x.j.severity),
    ("", "Depth"): lambda x: "comprehensive" if "new-team" in x.j.themes() else "standard",
    ("", "Duration"): _duration,
    ("", "User impact"): _user_impact,
    ("", "Service"): lambda x: x.known("Service", x.j.first["service"]),
    ("", "Incident commander"): lambda x: x.known("Incident commander", x.f.roles.get("commander")),
    ("Executive summary", "Root cause"): _root_cause,
    ("Root cause", "Verdict"): lambda x: f"{x.cause['verdict']}: {one_line(x.cause['why'])}",
    ("Root cause", "Introducing change"): lambda x: x.cause["culprit"] or "none named",
    ("", "Regression"): lambda x: (
        f"{x.regression['verdict']}, confidence {x.regression['confidence']}"
    ),
    ("", "Change"): _suspect,
    ("", "Live since"): lambda x: x.known("Live since", moment(x.verdict.get("bad_since"))),
    ("", "From going live to the first harm"): _harm,
    ("", "From the first harm to going live"): _older,
    ("", "Incidents that look alike"): _alike,
    ("", "Test gap"): lambda x: x.known("Test gap", None),
    ("", "Code review"): lambda x: x.known("Code review", None),
    ("", "Deployment safety"): lambda x: x.known("Deployment safety", None),
    ("", "Problem"): lambda x: x.known("Problem", x.j.report("rca/5whys").get("problem")),
    ("", "Affected users"): lambda x: x.affected,
    ("", "Share of requests that failed"): _failed,
    ("", "Symptoms"): _symptoms,
    ("", "Effect"): lambda x: x.known("Effect", x.impact.get("effect")),
    ("", "Data loss"): lambda x: x.known("Data loss", x.impact.get("data_loss")),
    ("", "Downtime"): lambda x: x.downtime,
    ("", "Failed transactions"): lambda x: x.known("Failed transactions", None),
    ("", "Revenue"): lambda x: x.said("Revenue", x.impact.get("revenue")),
    ("", "Reputation"): lambda x: x.said("Reputation", x.of_executive("reputation")),
    ("", "Compliance"): lambda x: x.said("Compliance", x.of_executive("compliance")),
    ("", "Availability over 30 days, this incident alone"): _availability,
    ("", "Availability"): _availability,
    ("", "Error budget consumed"): _budget,
    ("", "Target breached by this incident alone"): _breached,
    ("", "Target breached"): _breached,
    ("", "Finding"): lambda x: x.known(
        "Finding", x.j.report("security/assessment")["summary"]["text"]
    ),
    ("", "Suspected"): lambda x: x.known(
        "Suspected", x.j.report("security/assessment")["suspected"]
    ),
    ("", "Forensic sign-off"): lambda x: x.known("Forensic sign-off", None),
    ("", "Regulatory report due"): _regulatory,
}
"""By section (or none) and label."""


def response(x: Fields) -> list[list[str]]:
    """The rows of the table of response times."""
    f, row, policy = x.f, x.j.row, x.j.policy

    def promise(value: float | None) -> str:
        return "none" if value is None else length(value)

    def took(label: str, value: float | None) -> str:
        return x.known(label, length(value))

    return [
        [
            "Detection, from the start of impact",
            took("Detection", f.detection),
            promise(policy["detection_target"]),
        ],
        [
            "Acknowledgement",
            took("Acknowledgement", f.since(f.acknowledged)),
            promise(row["acknowledge"]),
        ],
        ["Engagement", took("Engagement", f.since(f.engaged)), promise(row["engage"])],
        [
            "Regression triage",
            took("Regression triage", f.since(f.judged)),
            promise(policy["regression_target"]),
        ],
        ["Triage", took("Triage", f.since(f.triaged)), promise(policy["triage_target"])],
        ["Service restored", took("Service restored", f.since(f.restored)), "none"],
        ["Resolution", took("Duration", f.since(f.resolved)), promise(row["resolve"])],
    ]


def changes(f: Figures) -> list[list[str]]:
    return [
        [
            str(number),
            one_line(one.title),
            one.by,
            moment(one.began),
            length(one.took) if one.took is not None else "still running",
            one_line(one.ended),
        ]
        for number, one in enumerate(f.changes, start=1)
    ]


def costs(f: Figures) -> list[list[str]]:
    """Figures of the account: by task, by role, in all. Names are compared by their place alone."""
    tasks = f.j.tasks()
    by_task = list(f.spent.items())
    roles = dict.fromkeys(tasks[key]["role"] for key, _ in by_task)
    groups = [turns for _, turns in by_task]
    groups += [
        [turn for key, turns in by_task if tasks[key]["role"] == role for turn in turns]
        for role in roles
    ]
    groups.append([turn for _, turns in by_task for turn in turns])
    return [_account(turns) for turns in groups] if by_task else []


def _account(turns: list[Line]) -> list[str]:
    read = int(sum(total(turns, name) for name in ("fresh", "cached", "written")))
    share = total(turns, "cached") / read if read else 0.0
    bare = sum(1 for turn in turns if not turn["priced"])
    parts = [dollars(total(turns, "usd"))] if len(turns) > bare else []
    parts += [f"price not known for {bare} turn{'' if bare == 1 else 's'}"] if bare else []
    return [
        str(len(turns)),
        tokens(read),
        f"{share:.0%}",
        tokens(int(total(turns, "output"))),
        f"{total(turns, 'seconds'):.0f}",
        ", ".join(parts),
    ]


def actions(f: Figures) -> dict[str, list[list[str]]]:
    """Horizon → number, text, owner, due date and status of each preventive action."""
    found: dict[str, list[list[Any]]] = {span: [] for span in SPANS}
    known: list[str] = []
    number = 0
    for line in f.j.all("action_item.tracked"):
        data, changes = dict(line["data"]), f.j.all("action_item.changed")
        status = "OPEN"
        for change in (c["data"] for c in changes if c["data"]["action"] == data["action"]):
            status = change["status"] or status
            data["owner"] = change["owner"] or data["owner"]
            data["due"] = change["due"] or data["due"]
        number = int(data["action"].rpartition("/A")[2])
        known.append(_same(data["text"]))
        found[data["horizon"]].append(
            [str(number), one_line(data["text"]), data["owner"], data["due"], status]
        )
    for span, proposed in _proposed(f):
        text = one_line(str(proposed.get("action", {}).get("text", UNKNOWN)))
        if _same(text) in known:
            known.remove(_same(text))
            continue
        number += 1
        due = f.resolved + SPANS[span] * 86400.0 if f.resolved else 0.0
        found[span].append([str(number), text, proposed["owner"] or UNKNOWN, due, "OPEN"])
    return {
        span: [[n, text, who or UNKNOWN, moment(due)[:10], status.capitalize()]
               for n, text, who, due, status in rows]
        for span, rows in found.items()
    }  # fmt: skip


def _proposed(f: Figures) -> Iterator[tuple[str, Line]]:
    report = f.j.newest("review/actions")
    return ((span, one) for span in SPANS for one in report.get(span, []))


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()
