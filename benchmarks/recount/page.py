"""The review line by line: computed again, found in the journal with its evidence, or a gap."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.recount import sentences
from benchmarks.recount.fields import HEADINGS, Fields, actions, changes, costs, response
from benchmarks.recount.figures import Figures
from benchmarks.recount.lines import Lines, name
from benchmarks.recount.rows import NUMBER, before_detection, cells, check_rows
from benchmarks.recount.whole import whole_lines
from benchmarks.recount.words import UNKNOWN, cited, one_line, plain

COMPUTED, QUOTED, GAP, FRAME = "computed", "quoted", "gap", "frame"
"""What a line is: counted again word for word, a statement of a report with evidence that exists,
a mark that nobody knows, or the page's own fixed words."""

FIXED = {
    "This review is blameless: it names changes and gaps, not guilty people.",
    "All times are UTC. The full record is in `timeline.md`.",
    "All times are UTC. Everything that was recorded.",
    "Worth talking about in the meeting:",
    "Lengths run from detection unless said otherwise.",
    "The list to track is `preventive-actions.md`.",
    "None were proposed yet.",
    "None was carried out.",
    "Nothing found.",
    "Made without evidence that exists; they count for nothing.",
    "> A drill: this incident was provoked on purpose.",
    "- nothing found",
    "- nobody outside the team",
    "- **People**:",
    "- **Process**:",
    "- **Technology**:",
    "- **Environment**:",
    "- **Exposed**:",
    "- **Could be isolated**:",
    "- **To be kept as it is**:",
    "- **May have to be told**:",
}
_FIELD = re.compile(r"^(?:- )?\*\*(?P<label>[^*]+)\*\*: (?P<value>.+)$")
_NUMBERED = re.compile(r"^(?P<number>\d+)\. (?P<text>.+)$")


@dataclass
class Result:
    """What became of each line and number, and what does not hold."""

    problems: list[str] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)


class Page:
    """One review held against one journal."""

    def __init__(self, lines: Lines) -> None:
        self.j = lines
        self.now = Figures(lines)
        self.fields = Fields(self.now)
        self.claims = lines.claims()
        self.whole = whole_lines(lines)
        self.result = Result()
        self.unknown: set[str] = set()
        self.asked: dict[str, str] = {}
        self.h = ["", "", ""]
        self.rows: dict[str, list[str]] = {}
        self.listed: dict[str, list[str]] = {}
        self.then = sentences.as_reviewed(lines)

    def check(self, text: str) -> Result:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                self._take(number, line)
        self._tables()
        self._lists()
        self._questions()
        return self.result

    # --- lines -----------------------------------------------------------------------------------

    def _take(self, number: int, line: str) -> None:
        kind = self._kind(line)
        if kind is None:
            self.result.problems.append(f"line {number}: nothing in the journal gives: {line}")
            return
        self.result.lines[kind] += 1
        self.result.numbers[kind] += len(NUMBER.findall(plain(cited(line)[0])))
        for item in cited(line)[1]:
            if not self._exists(item):
                self.result.problems.append(f"line {number}: no evidence {item}: {line}")

    def _kind(self, line: str) -> str | None:
        if line.startswith("#"):
            return self._heading(line)
        if line.startswith("|"):
            self.rows.setdefault(self._place(), []).append(line)
            return COMPUTED
        if line.strip() in FIXED:
            return FRAME
        if self.h[0] == "Open questions":
            return self._question(line)
        return self._statement(line)

    def _statement(self, line: str) -> str | None:
        found = _FIELD.match(line)
        if found and self.fields.value(self.h[0], found["label"]) is not None:
            return self._field(found["label"], found["value"])
        for rule in (self._marked, self._summary, self._whole, self._numbered, self._quote):
            kind = rule(line)
            if kind is not None:
                return kind
        return None

    def _heading(self, line: str) -> str | None:
        marks, _, text = line.partition(" ")
        if len(marks) == 1:
            return COMPUTED if text == f"Post-incident review: {self.j.first['incident']}" else None
        self.h[len(marks) - 2 :] = [text, *[""] * (4 - len(marks))]
        return FRAME if not NUMBER.search(text.replace("5 Whys", "")) or text in HEADINGS else None

    def _place(self) -> str:
        return next(part for part in reversed(self.h) if part)

    def _field(self, label: str, said: str) -> str | None:
        text, evidence = cited(said)
        owed = self.fields.evidence(self.h[0], label)
        if plain(text) != UNKNOWN and evidence != owed:
            self.result.problems.append(f"{label}: rests on {evidence}, by the journal on {owed}")
        expected = self.fields.value(self.h[0], label)
        if plain(text) != expected:
            self.result.problems.append(f"{label}: {plain(text)!r}, by the journal {expected!r}")
        if UNKNOWN in plain(text) and "answered by a person" not in text:
            self._owes(label)
            return GAP
        return COMPUTED

    def _owes(self, label: str) -> None:
        """A gap has to be among the open questions."""
        if label == "User impact":
            self.unknown |= {"Affected users"} if "UNKNOWN" in self.fields.affected else set()
            self.unknown |= {"Downtime"} if self.fields.downtime == UNKNOWN else set()
        else:
            self.unknown.add(label)

    def _marked(self, line: str) -> str | None:
        """A gap that stands alone."""
        text = line.strip().removeprefix("- ")
        if text in (UNKNOWN, "1. UNKNOWN"):
            self._owes(_ASKS.get(self._place(), self._place()))
            self.listed.setdefault(self._place(), [])
            return GAP
        return None

    def _summary(self, line: str) -> str | None:
        """Sentences of the review's own judgement, which are counted again, not believed."""
        text = plain(cited(line)[0]).removeprefix("- ")
        labelled = re.match(r"\*\*(Resolution|As reviewed)\*\*: (.*)", text)
        if labelled:
            expected = sentences.resolution(self.then)
            if labelled[1] == "As reviewed":
                expected = self._cause_then()
            value = labelled[2]
            self._said(value, line)
            if not self._reviewed():
                expected = self.fields.known(labelled[1], None)
            if value != expected:
                self.result.problems.append(f"{labelled[1]}: {value!r}, not {expected!r}")
            if value == UNKNOWN:
                self._owes(labelled[1])
            return GAP if value == UNKNOWN else COMPUTED
        if self.h[0] == "Executive summary":
            self._said(text, line)
            return COMPUTED if text == sentences.resolution(self.then) else None
        return None

    def _said(self, text: str, line: str) -> None:
        """A sentence that is counted again also has to be the review's own, with its evidence."""
        if text != UNKNOWN and (text, cited(line)[1]) not in self.claims:
            self.result.problems.append(f"not as the review rests it: {line}")

    def _reviewed(self) -> bool:
        return bool(self.j.report("review/pir"))

    def _cause_then(self) -> str:
        return one_line(str(self.then.j.said("cause.concluded", "statement") or UNKNOWN))

    def _numbered(self, line: str) -> str | None:
        """An entry of a list that is compared as a whole at the end."""
        text = cited(line)[0]
        item = _NUMBERED.match(text)
        said = self.listed.setdefault(self._place(), [])
        if item and item["number"] != str(len(said) + 1):
            self.result.problems.append(f"{len(said) + 1} comes next: {line}")
        if self._place() in ("What went well", "What could improve") and item:
            said.append(plain(item["text"]))
            self._said(said[-1], line)
            return COMPUTED
        if self.h[0] == "Lessons" and line.startswith("- "):
            said.append(plain(text[2:]))
            self._said(said[-1], line)
            return COMPUTED
        if item:
            said.append(text)
        return None

    def _whole(self, line: str) -> str | None:
        """Lines that one fact of the journal gives whole."""
        text = plain(cited(line)[0])
        if text.startswith("Assuming that the share"):
            wanted = (
                "Assuming that the share of requests that failed "
                f"{self.now.measured} held for the whole downtime:"
            )
            return COMPUTED if text == wanted else None
        bare, full = text.removesuffix(" (assumption)"), plain(line)
        return COMPUTED if {bare, full} & self.whole else None

    def _quote(self, line: str) -> str | None:
        """A statement of a report: word for word, with the very evidence it was made with."""
        raw, evidence = cited(line.strip())
        text = plain(re.sub(r"^(?:- |\d+\. )", "", raw))
        asked = re.match(r"\*\*(.+?)\*\* (.*)", text)
        if asked:
            known = [w["question"] for w in self.j.report("rca/5whys").get("whys", [])]
            if asked[1] not in [one_line(q) for q in known]:
                return None
            text = asked[2]
            if text == UNKNOWN:
                self._owes(asked[1])
                return GAP
        assumed = text.endswith("(assumption)") and not evidence
        if assumed:
            text = text.removesuffix("(assumption)").rstrip()
        elif not evidence:
            return None
        return QUOTED if (text, evidence) in self.claims else self._plain_word(text, assumed)

    def _plain_word(self, text: str, assumed: bool) -> str | None:
        """What could be isolated, preserved or told: words of a report without a claim's form."""
        found = self.j.report("security/assessment")
        words = [
            one for key in ("isolation", "preserve", "disclosure") for one in found.get(key, [])
        ]
        return QUOTED if assumed and text in [one_line(str(one)) for one in words] else None

    def _exists(self, item: str) -> bool:
        eid, _, line = item.partition(":")
        known = self.j.evidence.get(eid)
        return known is not None and (not line or 1 <= int(line) <= known["lines"])

    # --- tables and lists ------------------------------------------------------------------------

    def _tables(self) -> None:
        for place, rows in self.rows.items():
            body = [row for row in rows if not re.fullmatch(r"[|:-]+", row.replace(" ", ""))][1:]
            if place in ("Timeline", "Starred moments"):
                self._timeline(place, body)
            elif place == "Response":
                self._same(place, body, response(self.fields))
                self._gaps(body)
            elif place == "Changes in production":
                self._same(place, body, changes(self.now))
            elif place == "What models used":
                self._same(place, [f"|{row.split('|', 2)[2]}" for row in body], costs(self.now))
            elif place in HEADINGS:
                self._same(place, body, actions(self.now)[HEADINGS[place]])
                for row in body:
                    said, evidence = cited(cells(row)[1])
                    if (plain(said).removesuffix(" (assumption)"), evidence) not in self.claims:
                        self.result.problems.append(f"{place}: nobody proposed this: {row}")
            else:
                self.result.problems.append(f"a table nobody knows under {place!r}")
        for place, owed in (("Changes in production", changes(self.now)),
                            ("What models used", costs(self.now)), ("Timeline", [[]])):  # fmt: skip
            if owed and place not in self.rows:
                self.result.problems.append(f"no table under {place!r}")

    def _same(self, place: str, rows: list[str], expected: list[list[str]]) -> None:
        found = [[plain(cited(cell)[0]) for cell in cells(row)] for row in rows]
        for row in found:
            for cell, number in enumerate(row):
                row[cell] = number.removesuffix(" (assumption)")
        if found != expected:
            wrong = [(a, b) for a, b in zip(found, expected, strict=False) if a != b]
            self.result.problems.append(f"{place}: {wrong or (len(found), len(expected))}")

    def _gaps(self, rows: list[str]) -> None:
        labels = {"Detection, from the start of impact": "Detection", "Resolution": "Duration"}
        for measure, took, _ in map(cells, rows):
            if took == UNKNOWN:
                self._owes(labels.get(measure, measure))

    def _timeline(self, place: str, rows: list[str]) -> None:
        comprehensive = "new-team" in self.j.themes()
        if place == "Starred moments":
            stars = {line["data"]["event"] for line in self.j.all("event.starred")}
            lines = [line for line in self.j.lines if line["id"] in stars]
            found = check_rows(rows, Lines([self.j.lines[0], *lines]), True)
            self.result.problems += [p for p in found if not p.startswith("left out: 1 ")]
            return
        before = before_detection(self.j)
        head = [
            (cells(row)[0], plain(cells(row)[1]), cited(cells(row)[3])[1])
            for row in rows[: len(before)]
        ]
        if head != before:
            self.result.problems.append(f"before the detection: {head}, not {before}")
        self.result.problems += check_rows(rows[len(before) :], self.j, comprehensive)

    def _lists(self) -> None:
        """What went well and ill, and the lessons: all of it, in order, and nothing else."""
        counted = sentences.judgement(self.then) if self._reviewed() else {}
        for place, part in _PARTS.items():
            said, wanted = self.listed.get(place, []), counted.get(part, [])
            if said != wanted:
                self.result.problems.append(f"{place}: {_differ(said, wanted)}")
        for place in ("What went well", "What could improve"):
            if len(self.listed.get(place, [])) < 3:
                self._owes(_ASKS[place])

    # --- questions --------------------------------------------------------------------------------

    def _question(self, line: str) -> str | None:
        found = re.fullmatch(r"- \*\*(?P<label>.+?)\*\*(?:: (?P<text>.*))?", line)
        if not found:
            return None
        self.asked[plain(found["label"])] = plain(found["text"] or found["label"])
        return GAP

    def _questions(self) -> None:
        asked = {name(label) for label in self.asked}
        for label in sorted(self.unknown):
            if name(label) not in asked:
                self.result.problems.append(f"a gap without its open question: {label}")
        texts = {one_line(text) for text in self.j.questions().values()}
        raised = {name(field) for field in self.j.questions()}
        for field_ in sorted(raised):
            if not any(f" {field_} " in f" {one} " for one in asked):
                text = self.j.questions().get(field_, "")
                if text not in self.asked.values():
                    self.result.problems.append(f"an open question left out: {field_}")
        for label, text in self.asked.items():
            if NUMBER.search(label) and name(label) not in raised | set(map(name, self.unknown)):
                self.result.problems.append(f"a question that nobody asked: {label}")
            ours = text in texts or text == label or text == "not known"
            if not ours and NUMBER.search(text):
                self.result.problems.append(f"a question that nobody asked: {text}")


_PARTS = {
    "What went well": "went_well",
    "What could improve": "could_improve",
    "Technical": "technical",
    "Process": "process",
    "Communication": "communication",
}
"""Headings, and the field of the report that stands below each."""

_ASKS = {
    "What went well": "What else went well",
    "What could improve": "What else could improve",
    "Technical": "Technical lessons",
    "Process": "Process lessons",
    "Communication": "Communication lessons",
    "Executive summary": "Summary",
}


def _differ(said: Sequence[str], wanted: Sequence[str]) -> str:
    more = [text for text in said if text not in wanted]
    less = [text for text in wanted if text not in said]
    return f"says {more}, and not {less}" if more or less else f"order {said}"
