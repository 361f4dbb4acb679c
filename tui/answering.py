"""Who answers a task, and what that costs, as words for the band of its pane and for its head."""

from collections.abc import Sequence

from orchestrator.model.records import Spent, Task
from orchestrator.model.spending import short, short_price, usage

Fact = tuple[str, str, bool]
"""Text, token, bold."""

Form = tuple[tuple[Fact, ...], str]
"""Who answers, and what was spent, at one length."""

TAKEN_OVER = "▲ taken over"


def model_name(task: Task) -> str:
    """The model without what every id of its maker begins with."""
    return task.model.rpartition("claude-")[2]


def answerer(task: Task) -> str:
    """`rules`, `claude opus-5-5`, `recorded`; empty while nobody has begun."""
    if task.backend == "claude" and task.model:
        return f"claude {model_name(task)}"
    return "" if task.backend == "code" else task.backend


def forms(task: Task, spent: Spent) -> tuple[Form, ...]:
    """What a band may say about it, the longest first; the last is said in any case."""
    name = answerer(task)
    if not name:
        return ()
    if task.taken_over:
        long: tuple[Fact, ...] = ((f"{name} ", "muted", False), (TAKEN_OVER, "warn", True))
        little: tuple[Fact, ...] = ((TAKEN_OVER, "warn", True),)
    else:
        long = ((name, "muted", False),)
        little = ((model_name(task) if task.backend == "claude" else name, "muted", False),)
        little = little if little[0][0] else long
    if not spent.turns:
        return (long, ""), (little, "")
    costs = short(spent), short_price(spent)
    return (long, costs[0]), (little, costs[0]), (little, costs[1]), (little, "")


def details(task: Task, spent: Spent, models: bool) -> Sequence[Fact]:
    """What the pane of an agent alone says under its task: each becomes lines of its own."""
    said: list[Fact] = []
    if models and (name := answerer(task)):
        used = f": {usage(spent)}" if spent.turns else ""
        said.append((f"answered by {name}{used}", "muted", False))
    if task.taken_over:
        said.append((f"{TAKEN_OVER} from {task.taken_over}", "warn", False))
    said += [(f"▲ dropped: {text}", "warn", False) for text in task.dropped]
    return said
