"""A scripted model for whole drills: it makes its calls, then repeats the rules' report.

It decides from the request alone, so one script serves any number of agents at once.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.model_server.reply import Reply
from tests.model_server.wire import Body, Script

LONGEST = 2000
"""Characters that the text of a claim may have"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation is about."""

    task: str
    evidence: tuple[str, ...]
    """E-numbers in the order they are first named"""
    report: Mapping[str, Any]
    """What the deterministic responder found"""


Reader: TypeAlias = Callable[[Body], Asked]
Call: TypeAlias = Callable[[Asked], tuple[str, Mapping[str, Any]]]
"""Which tool is called on the first turn, and with what"""


def read(body: Body) -> Asked:
    """Of the first message its line `task: <key>` and the rules' report; E-numbers anywhere."""
    first = "\n".join(_texts(body["messages"][:1]))
    task = re.search(r"^task: (\S+)$", first, re.MULTILINE)
    if task is None:
        raise ValueError("the first message has no line `task: <key>`")
    evidence = dict.fromkeys(re.findall(r"\bE\d+\b", "\n".join(_texts(body["messages"]))))
    for line in first.splitlines():
        found = _object(line)
        if found is not None and "summary" in found:
            return Asked(task[1], tuple(evidence), found)
    raise ValueError("the first message does not hold the report of the rules")


def read_first_exhibit(asked: Asked) -> tuple[str, Mapping[str, Any]]:
    """Read what is numbered first."""
    return "read_evidence", {"id": asked.evidence[0] if asked.evidence else "E1"}


@dataclass(frozen=True, slots=True)
class ScriptedModel:
    """A script: a thought before each call, then the report with its summary reworded and cited."""

    reader: Reader = read
    table: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)
    """The calls of a task; `read_first_exhibit` for those that are not named"""

    def __call__(self, body: Body, number: int) -> Reply:
        """The next turn of this conversation."""
        asked = self.reader(body)
        calls = self.table.get(asked.task, (read_first_exhibit,))
        made = sum(block.get("type") == "tool_use" for block in _blocks(body["messages"]))
        offered = {offer.get("name") for offer in body.get("tools", ())}
        barred = (body.get("tool_choice") or {}).get("type") == "none"
        if made < len(calls) and not barred:
            tool, arguments = calls[made](asked)
            if tool in offered:
                thought = f"The rules have an answer for {asked.task}; I look at what it rests on."
                return Reply.thinks(thought) + Reply.calls(tool, arguments)
        wanted = body.get("output_config", {}).get("format", {}).get("schema", {})
        return Reply.says(json.dumps(reworded(asked, wanted), ensure_ascii=False))


def reworded(asked: Asked, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The report with another summary that cites what it cited, or else the first exhibit.

    Where the schema wants an opinion it is that of the rules; parameters come as pairs.
    """
    summary = dict(asked.report["summary"])
    summary["text"] = f"Read again with the exhibits: {summary['text']}"[:LONGEST]
    summary["evidence"] = list(summary.get("evidence") or asked.evidence[:1])
    said = {**asked.report, "summary": summary}
    if "opinion" in (schema or {}).get("properties", {}):
        suspect = next(iter(said.get("suspects", ())), {"sha": ""})
        said["opinion"] = {"culprit": suspect["sha"], "cause": summary}
    if "params" in said:
        said["params"] = [{"name": name, "value": v} for name, v in said["params"].items()]
    return said


def read_rest(asked: Asked) -> tuple[str, Mapping[str, Any]]:
    """Read on in the exhibit that is numbered first."""
    return "read_evidence", {"id": asked.evidence[0], "first_line": 2}


def look_for_errors(asked: Asked) -> tuple[str, Mapping[str, Any]]:
    """Look through all evidence for a word."""
    return "search_evidence", {"words": "error"}


def read_logs(asked: Asked) -> tuple[str, Mapping[str, Any]]:
    """Read the logs of the last five minutes."""
    return "read_logs", {"minutes": 5}


def read_suspect(asked: Asked) -> tuple[str, Mapping[str, Any]]:
    """Read the diff of the first suspect the opening names."""
    found = [one["culprit"] for one in asked.report.get("hypotheses", ()) if one["culprit"]]
    return ("read_diff", {"sha": found[0]}) if found else ("list_commits", {})


INVESTIGATION: Mapping[str, tuple[Call, ...]] = {
    "tier1/data": (read_first_exhibit, read_logs),
    "tier2/analysis": (read_first_exhibit, look_for_errors, read_logs, read_suspect),
    "rca/5whys": (read_first_exhibit, look_for_errors, read_rest),
    "rca/ishikawa": (look_for_errors, read_first_exhibit),
}
"""What the roles that look for a cause call"""


def _blocks(messages: list[Any]) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        if not isinstance(message["content"], str):
            yield from message["content"]


def _texts(parts: list[Any]) -> Iterator[str]:
    """All text of messages or blocks, and of the tool results among them."""
    for part in parts:
        if isinstance(part.get("text"), str):
            yield part["text"]
        content = part.get("content")
        if isinstance(content, str):
            yield content
        elif content:
            yield from _texts(content)


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def drill() -> Script:
    """The scripted model with the calls of an investigation."""
    return ScriptedModel(table=INVESTIGATION)
