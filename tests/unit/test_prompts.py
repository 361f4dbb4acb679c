"""The prompts of the roles: one for every agent task, true to its schema, the same bytes always."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hatchling.builders.wheel import WheelBuilder
from pydantic import BaseModel

import orchestrator
import templates
from orchestrator.agents.claude.handing_in import COMPUTED, shape
from orchestrator.agents.claude.opening import system
from orchestrator.agents.claude.tools import TOOLS
from orchestrator.agents.claude.words import Heard
from orchestrator.agents.claude.words import system as words_system
from orchestrator.agents.rules import TASKS
from orchestrator.flow.notify import TEXTS
from orchestrator.intake.guidance import EFFECTS
from orchestrator.model.reports import Report
from orchestrator.model.roles import ROLES

PROMPTS = Path(templates.__file__).parent / "prompts"
FLOW = Path(orchestrator.__file__).parent / "flow"
FILES = sorted(path for path in PROMPTS.rglob("*") if path.is_file())
MOST = 12_000
"""Characters of one task's whole system text."""

CODE_SETS = "Code sets, and your answer does not have: "

MODELS = re.compile(
    r"(?i)\b(claude|anthropic|opus|sonnet|haiku|fable|mythos|gpt|openai|gemini|llama|qwen|mistral)"
)
DATES = re.compile(
    r"\b(19|20)\d\d\b"
    r"|\b(January|February|March|April|May|June|July|August|September|October|November|December)\s+\d"
)
MARKS = re.compile(r"\{\{|\{%|\{#|\$\{|\bTODO\b")


def asked_roles() -> dict[str, str]:
    """Task key → role, as the flow asks for it."""
    found = {f"notify/{audience}": role for audience, (_, role, _) in TEXTS.items()}
    for path in FLOW.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                said = [literal(arg) for arg in node.args[:2]]
                if node.func.attr in ("ask", "task") and len(said) == 2 and said[0] in TASKS:
                    found[said[0]] = said[1]
    return found


def literal(node: ast.expr) -> str:
    """A written text; of one with values in it, what stands before the first."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return str(parts[0].value) if parts and isinstance(parts[0], ast.Constant) else ""


ROLE_OF = asked_roles()


def prompt_of(key: str) -> Path:
    return PROMPTS / ROLE_OF[key] / f"{key.replace('/', '-')}.md"


def system_text(key: str) -> str:
    """What the backend tells a model before anything of an incident."""
    return "".join(str(block["text"]) for block in system(ROLE_OF[key], key))


def section(text: str, name: str) -> str:
    """What stands under a heading, up to the next; empty where there is no such heading."""
    found = re.search(rf"(?ms)^## {name}$(.*?)(?=^## |\Z)", text)
    return found[1] if found else ""


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def fields_of(schema: type[BaseModel]) -> set[str]:
    """Names of its fields, and of those of the parts it is made of."""
    found = set(schema.model_fields)
    for field in schema.model_fields.values():
        for part in models_in(field.annotation):
            found |= fields_of(part)
    return found


SHARED = fields_of(Report)
"""All reports have them; the ground rules tell of them."""

MARKED = {"by"}
"""Fields of parts that code writes over, whatever an answer has there."""


def own_fields(key: str) -> set[str]:
    """What a model fills of a task's report, beyond what the ground rules tell of."""
    return fields_of(shape(key)) - SHARED - MARKED


def told_apart(text: str) -> tuple[str, str]:
    """A prompt without the line on what code sets, and that line; empty where there is none."""
    lines = [line for line in text.splitlines() if line.startswith(CODE_SETS)]
    assert len(lines) <= 1
    return "\n".join(line for line in text.splitlines() if line not in lines), "".join(lines)


def named(text: str) -> set[str]:
    return set(re.findall(r"`([a-z][a-z_]*)`", text))


def test_the_flow_says_which_role_has_each_agent_task() -> None:
    assert ROLE_OF.keys() == TASKS.keys()
    assert set(ROLE_OF.values()) <= ROLES.keys()


def test_there_is_one_prompt_a_task_one_a_role_one_for_plain_words_and_no_other() -> None:
    wanted = {PROMPTS / "ground.md", PROMPTS / "words.md"}
    wanted |= {PROMPTS / role / "role.md" for role in ROLE_OF.values()}
    wanted |= {prompt_of(key) for key in TASKS}
    assert set(FILES) == wanted


@pytest.mark.parametrize("key", TASKS)
def test_a_prompt_says_what_to_read_what_to_fill_what_goes_wrong_and_when_to_stop(key: str) -> None:
    text = prompt_of(key).read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^## (.+)$", text)
    assert headings == ["Look first", "Fields", "Goes wrong", "Stop"]
    assert all(section(text, heading).strip() for heading in headings)


@pytest.mark.parametrize("key", TASKS)
def test_a_prompt_tells_of_every_field_a_model_fills_and_of_no_other(key: str) -> None:
    """A field all reports share is told of in the ground rules, unless the task says more."""
    told, _ = told_apart(section(prompt_of(key).read_text(encoding="utf-8"), "Fields"))
    assert named(told) - TOOLS.keys() - SHARED == own_fields(key)


@pytest.mark.parametrize("key", TASKS)
def test_the_fields_end_in_the_line_on_what_only_code_sets_where_code_sets_any(key: str) -> None:
    text = section(prompt_of(key).read_text(encoding="utf-8"), "Fields").strip()
    names = ", ".join(f"`{name}`" for name in COMPUTED.get(key, ()))
    assert told_apart(text)[1] == (f"{CODE_SETS}{names}." if names else "")
    assert not names or text.splitlines()[-1].startswith(CODE_SETS)


@pytest.mark.parametrize("key", TASKS)
def test_a_system_text_names_nothing_but_fields_a_model_fills_and_tools_there_are(key: str) -> None:
    """A field that only code sets stands in the line that says so, and nowhere else."""
    told, _ = told_apart(system_text(key))
    assert named(told) - own_fields(key) - SHARED - TOOLS.keys() == set()


def test_the_ground_rules_tell_of_the_fields_all_reports_share_and_of_every_tool() -> None:
    told = named((PROMPTS / "ground.md").read_text(encoding="utf-8"))
    assert told == SHARED | TOOLS.keys()


@pytest.mark.parametrize("key", TASKS)
def test_a_system_text_is_the_ground_rules_the_role_and_the_task_in_that_order(key: str) -> None:
    parts = (PROMPTS / "ground.md", PROMPTS / ROLE_OF[key] / "role.md", prompt_of(key))
    places = [system_text(key).find(part.read_text(encoding="utf-8").strip()) for part in parts]
    assert -1 < places[0] < places[1] < places[2]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PROMPTS).as_posix())
def test_a_prompt_has_no_template_mark_no_date_and_no_name_of_a_model(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [found[0] for rule in (MARKS, DATES, MODELS) for found in rule.finditer(text)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PROMPTS).as_posix())
def test_a_prompt_is_plain_text_that_ends_in_one_line_break(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.isascii()
    assert b"\r" not in raw
    assert b"\t" not in raw
    assert raw.endswith(b"\n")
    assert not raw.endswith(b"\n\n")


@pytest.mark.parametrize("key", TASKS)
def test_the_whole_system_text_of_a_task_stays_short(key: str) -> None:
    assert len(system_text(key)) < MOST


def test_no_two_tasks_are_told_the_same() -> None:
    """Management and executives share a schema, not a reader."""
    assert len({prompt_of(key).read_text(encoding="utf-8") for key in TASKS}) == len(TASKS)


def test_only_the_ground_rules_say_what_holds_for_all() -> None:
    """Said once, they cannot come to differ between roles."""
    ground = (PROMPTS / "ground.md").read_text(encoding="utf-8")
    rules = {line for line in ground.splitlines() if line.startswith(("- ", "## "))}
    others = [path for path in FILES if path.name != "ground.md"]
    told = {line for path in others for line in path.read_text(encoding="utf-8").splitlines()}
    assert rules & told == set()


def test_a_text_to_the_public_and_to_executives_is_asked_to_name_nothing_from_inside() -> None:
    for key in ("notify/status-page", "notify/executive", "mitigation/resolution"):
        assert "from inside" in prompt_of(key).read_text(encoding="utf-8")


def test_the_prompt_for_plain_words_tells_of_every_field_and_every_theme_and_of_no_other() -> None:
    text = (PROMPTS / "words.md").read_text(encoding="utf-8")
    assert named(section(text, "The fields")) == fields_of(Heard) - {"theme"}
    told = re.findall(r"(?m)^- `([a-z0-9-]+)`: ", section(text, "The themes"))
    assert tuple(told) == tuple(EFFECTS)
    assert words_system()[0]["text"] == text.strip()


def test_the_prompts_are_in_the_wheel() -> None:
    wheel = WheelBuilder(str(Path(orchestrator.__file__).parent.parent))
    packed = {Path(file.path) for file in wheel.recurse_included_files()}
    assert set(FILES) - packed == set()
