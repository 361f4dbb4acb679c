"""What an incident's documents say, read back from their text: by fact, and who says what."""

import re
from collections.abc import Iterator, Mapping

UNKNOWN = "UNKNOWN"

LABELS = {
    "severity": ("Severity", "Priority"),
    "incident": ("Incident ID",),
    "detected": ("Detection time",),
    "impact start": ("Impact start", "Start time"),
    "resolved": ("Resolved",),
    "duration": ("Duration",),
    "downtime": ("Downtime",),
    "cause": ("Root cause",),
    "action": ("Brought about by", "Change carried out"),
    "users": ("Affected users",),
    "commander": ("Incident commander",),
    "culprit": ("Introducing change",),
    "meeting": ("Review meeting",),
    "on call": ("On-call engineer",),
    "resolution": ("Resolution",),
    "category": ("Category",),
    "share at triage": ("Share of requests failing at triage",),
}
"""Fact → the labels it stands under."""

WHOLE = ("users", "commander", "on call", "category", "share at triage", "impact start")
"""Facts that no document may call unknown while another one tells them."""

LASTING = {"incident", "detected", "impact start", "commander"}
"""Facts that a text sent out earlier must still share."""

OWN_WORDS = {
    ("regression-analysis.md", "culprit"),
    ("preventive-actions.md", "resolved"),
    ("post-incident-review.md", "resolution"),
}
"""Where a label means something else, or more than the fact."""

ROWS = {
    "detected": r"^\| (\S+Z) \| incident detected ",
    "impact start": r"^\| (\S+Z) \| users first hit ",
}

BOX = {
    "severity": r"^Severity: (.+)$",
    "duration": r"^Duration: (.+) \(Detection",
    "downtime": r", downtime (.+)$",
    "cause": r"^- Root Cause: (.+)$",
    "action": r"^- Mitigation: (.+)$",
    "users": r"users hit: ([^,\n]+)",
    "share": r"([\d.]+ %) of requests failed",
    "actions": r"Create a ticket for (?:each of )?(\d+) preventive",
    "meeting": r"Hold the review meeting (\S+ \S+) UTC",
    "resolution": r"^Overall Status: (.+)$",
}

ENTRY = {
    "severity": r'^severity: "(.+)"$',
    "incident": r'^incident_id: "(.+)"$',
    "category": r'^regression_category: "(.+)"$',
    "culprit": r'^  commit_sha: "(.+)"$',
    "action": r'^mitigation_action: "(.+)"$',
}


def facts(path: str, text: str) -> Iterator[tuple[str, str]]:
    """Everything one document states that others state too, in one form."""
    found = {(name, _plain(name, value)) for name, value in _read(path, text)}
    sent_before = "> **Sent**" in text and "**Resolved**" not in text
    for name, value in sorted(found):
        if (
            value in ("", UNKNOWN, "TBD")
            or value.startswith("ongoing")
            or (path, name) in OWN_WORDS
        ):
            continue
        if path == "communications/initial-alert.md" or (sent_before and name not in LASTING):
            continue
        yield name, value


def contradictions(documents: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """Facts on which documents differ: each value, and the documents that state it."""
    said: dict[str, dict[str, list[str]]] = {}
    for path, text in documents.items():
        for name, value in facts(path, text):
            said.setdefault(name, {}).setdefault(value, []).append(path)
    return {name: values for name, values in said.items() if len(values) > 1}


def gaps(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """Facts that some documents tell, and the documents that call them UNKNOWN all the same."""
    found: dict[str, list[str]] = {}
    for name in WHOLE:
        if not stated(documents, name):
            continue
        lacking = [p for p, text in documents.items() if _stands(p, text) and _lacks(p, text, name)]
        if lacking:
            found[name] = lacking
    return found


def _lacks(path: str, text: str, name: str) -> bool:
    return any(n == name and value == UNKNOWN for n, value in _read(path, text))


def _stands(path: str, text: str) -> bool:
    """Whether a text follows the incident; what was sent stays as it was."""
    return path != "communications/initial-alert.md" and "> **Sent**" not in text


def stated(documents: Mapping[str, str], name: str) -> list[str]:
    """The documents that state a fact."""
    return [p for p, text in documents.items() if name in dict(facts(p, text))]


def _read(path: str, text: str) -> Iterator[tuple[str, str]]:
    if path.endswith(".ics"):
        yield from _matches({"meeting": r"^DTSTART:(.+?)\r?$"}, text)
    elif path.endswith(".yaml"):
        yield from _matches(ENTRY, text)
        if "preventive_actions:\n" in text:
            yield "actions", str(text.split("preventive_actions:")[1].count("\n  - "))
    else:
        yield from _labelled(text)
        yield from _matches(ROWS, text)
        if path in ("completion-report.md", "post-incident-review.md"):
            yield from _matches(BOX, text)
        if path in ("post-incident-review.md", "preventive-actions.md"):
            rows = re.findall(r"^\| \d+ \| .* \| Open \|$", text, re.MULTILINE)
            tickets = re.findall(r"^- \\\[PIR-", text, re.MULTILINE)
            yield from (("actions", str(len(found))) for found in (rows, tickets) if found)
        if path == "pir-meeting-invite.md":
            yield from _matches({"meeting": r"^- \*\*Start\*\*: (\S+)$"}, text)
        if path == "timeline.md":
            yield (
                "changes that ran",
                str(len(re.findall(r"\| (?:change|undo) carried out \|", text))),
            )
        if path == "mitigation-report.md":
            yield (
                "changes that ran",
                str(len(re.findall(r"^- \*\*Ended\*\*: \S+, exit 0", text, re.M))),
            )
        if path.startswith("actions/"):
            yield from _matches({"from": r"^- \*\*Previous version\*\*: (\S+)$"}, text)
            yield from _matches({"to": r"^- \*\*New version\*\*: (\S+)$"}, text)
        if path == "mitigation-report.md":
            yield from _matches({"from": r"^- \*\*From\*\*: (\S+)$"}, text)
            yield from _matches({"to": r"^- \*\*To\*\*: (\S+)$"}, text)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    body = text.split("## Open questions")[0]
    for name, labels in LABELS.items():
        for label in labels:
            yield from _matches({name: rf"^(?:- )?\*\*{re.escape(label)}\*\*: (.+)$"}, body)


def _matches(patterns: Mapping[str, str], text: str) -> Iterator[tuple[str, str]]:
    for name, pattern in patterns.items():
        for value in re.findall(pattern, text, re.MULTILINE):
            yield name, str(value)


def _plain(name: str, value: str) -> str:
    """The same fact in the same words: without citations, remarks and escapes."""
    value = re.sub(r"\\(.)", r"\1", re.sub(r"\s*\[E[^\]]*\]", "", value)).strip()
    if name in ("severity", "duration", "cause", "commander", "users"):
        value = re.sub(r"\s*\((?!\))[^()]*\)$", "", value)
    if name == "duration":
        value = value.removesuffix(" from detection to resolution")
    if name == "severity":
        value = value.split(" ")[0]
    if name == "impact start" and "(detected;" in value:
        return ""
    if name == "impact start":
        value = value.split(",")[0].split(" ")[0]
    if name == "resolution":
        value = value.replace("_", " ")
    if name in ("action", "cause") and value.startswith(("none", "no change", "INCONCLUSIVE")):
        return ""
    if name == "cause" and value.startswith("UNKNOWN"):
        return ""
    if name == "meeting":
        digits = "".join(re.findall(r"\d", value))
        return digits[:12] if digits else ""
    return value


def placeholders(text: str) -> list[str]:
    """What a template or a programmer left behind."""
    return re.findall(r"\{\{|\}\}|\{%|%\}|\{#|&#\d+;|&quot;|\bTODO\b|\bFIXME\b|<[a-z_-]+>", text)


def blemishes(text: str) -> list[str]:
    """Bad grammar, glued words, words of programs and empty statements in what people read."""
    prose = re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.DOTALL)
    return re.findall(
        r"\b(?:1|each of 1) (?:lines|questions|commits|records|times|preventive actions)\b"
        r"|UNKNOWN: UNKNOWN|UNKNOWN \(hypothesis\)|\w\(truncated\)"
        r"|\b[A-Z]{3,}_[A-Z_]{3,}\b|\. resolved before|\bby roll\b",
        prose,
    )
