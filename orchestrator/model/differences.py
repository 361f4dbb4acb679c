"""Where the ranking and a model name different causes, as it stands now, and in words."""

from dataclasses import dataclass, replace

from orchestrator.model.records import Differing
from orchestrator.model.state import State
from orchestrator.model.wording import work


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two says, and what it rests on."""

    who: str
    """the ranking | the model"""
    says: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: whose cause stands, and the other one."""

    name: str
    """of the work in which it came up"""
    stands: Side
    other: Side

    @property
    def words(self) -> str:
        """In one line, as on the timeline."""
        return f"methods differ: {self.stands.says}; {self.other.who} says: {self.other.says}"


def differences(state: State) -> list[Difference]:
    """Those of the latest attempts, in the order of the journal."""
    found = []
    for key, told in state.differing.items():
        task = state.latest(key.partition("@")[0])
        if task is not None and task.key == key:
            found.append(
                difference(key, replace(told, stands="rules") if task.taken_over else told)
            )
    return found


def difference(key: str, told: Differing) -> Difference:
    """One of them, the side that stands first."""
    rules = Side("the ranking", told.rules, told.rules_evidence)
    model = Side("the model", told.model, told.model_evidence)
    sides = (rules, model) if told.stands == "rules" else (model, rules)
    return Difference(work(key).name, *sides)
