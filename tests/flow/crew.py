"""An incident whose people are called, and what a test asks of it."""

from collections.abc import Mapping
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.timeline import row
from tests.flow.simulate import PEOPLE, T0, War

WOKEN: tuple[Mapping[str, Any], ...] = (
    *({**one, "paged": True, "contact": f"tel {one['name']}"} for one in PEOPLE),
    {"name": "s.arch", "roles": ["architect"], "paged": True, "contact": "tel s.arch"},
)
DELIVERED = {"delivered": True, "why": "", "repeated": False}


class Crewed(War):
    """An incident nobody answers, whose pages are delivered."""

    def answer_pages(self, **reports: Mapping[str, Any]) -> None:
        for number in range(1, 60):
            for role in ("on-call", "commander"):
                for one in self.people:
                    name = str(one["name"])
                    report = reports.get(name.replace(".", "_"), DELIVERED)
                    self.answers[f"page/{role}/{number}/{name}"] = report


def silent(people: tuple[Mapping[str, Any], ...] = WOKEN, **more: Any) -> Crewed:
    war = Crewed(approves=False, acknowledges_after=None, people=people, **more)
    war.answer_pages()
    return war


def paged(war: War) -> list[tuple[float, str]]:
    return [
        (round(event.at - T0), str(event.data.inputs["person"]))
        for event in war.journal
        if isinstance(event.data, ev.TaskRequested) and event.data.kind == "page"
    ]


def by(name: str, command: str, war: War, credential: str = "", **args: Any) -> Command:
    actor = Actor("human", name, credential or f"uid:{name}")
    return Command(f"cmd/{name}/{command}/{len(war.journal)}", command, 0.0, actor, args)


def refusal(war: War, command: Command) -> str:
    said = [e.data for e in war.give(command) if isinstance(e.data, ev.CommandRefused)]
    return said[0].why if said else ""


def lines(war: War) -> list[str]:
    rows = [row(event) for event in war.journal]
    return [f"{one.text} | {one.who}" for one in rows if one is not None]
