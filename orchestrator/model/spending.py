"""What models used, in words and by task and role: tokens, the cache, and dollars where known."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.model.events import Json
from orchestrator.model.records import Spent, Task
from orchestrator.model.state import State
from orchestrator.model.wording import work


@dataclass(frozen=True, slots=True)
class Bill:
    """One line of what was spent."""

    name: str
    role: str
    """empty for the whole incident"""
    spent: Spent


def models_asked(state: State) -> bool:
    """True once anybody but the rules has begun to answer."""
    answered = any(t.backend not in ("", "rules", "code") for t in state.tasks.values())
    return answered or bool(state.spent) or any(t.taken_over for t in state.tasks.values())


def backends(state: State) -> list[str]:
    """Who answers or answered; beside a model the rules come first."""
    named = {task.backend for task in state.tasks.values() if task.backend}
    if not models_asked(state):
        return sorted(named)
    named -= {"code", "rules"}
    return ["rules", *sorted(named)]  # they work beside every model


def of_task(state: State, task: Task) -> Spent:
    """What all attempts at a task used."""
    of = (spent for attempt, spent in state.spent.items() if attempt.rpartition("#")[0] == task.key)
    return sum(of, Spent())


def by_task(state: State) -> list[Bill]:
    """Every task for which a model was paid, in the order of the journal."""
    bills = [
        Bill(_name(task.key), task.role, of_task(state, task)) for task in state.tasks.values()
    ]
    return [bill for bill in bills if bill.spent.turns]


def by_role(state: State) -> list[Bill]:
    """The same by role."""
    roles = dict.fromkeys(bill.role for bill in by_task(state))
    return [Bill(role, role, state.bill(role)) for role in roles]


def tokens(count: int) -> str:
    """A number of tokens, short: `950`, `1.2k`, `12k`, `1.3M`."""
    if count < 1_000:
        return str(count)
    if count < 9_950:
        return f"{count / 1_000:.1f}k"
    return f"{count / 1_000:.0f}k" if count < 999_500 else f"{count / 1_000_000:.1f}M"


def dollars(usd: float) -> str:
    """An amount; what was spent never rounds to nothing."""
    if 0 < usd < 0.005:
        return f"${usd:.4f}" if usd >= 0.00005 else "under $0.0001"
    return f"${usd:.2f}"


def price(spent: Spent) -> str:
    """What it cost as far as anybody knows; a turn without a known price never costs nothing."""
    known = dollars(spent.usd) if spent.turns > spent.unpriced else ""
    return ", ".join(part for part in (known, unpriced(spent)) if part)


def unpriced(spent: Spent) -> str:
    """Which part of it has no price; empty where all has one."""
    return f"price not known for {_turns(spent.unpriced)}" if spent.unpriced else ""


def short(spent: Spent) -> str:
    """`12k tok $0.04`, for where room is short; a `?` stands for a price nobody knows."""
    return f"{tokens(spent.read + spent.output)} tok {short_price(spent)}"


def short_price(spent: Spent) -> str:
    """The dollars alone; `$?` where none are known, `$0.04+?` where some are not."""
    if spent.turns == spent.unpriced:
        return "$?"
    return dollars(spent.usd) + ("+?" if spent.unpriced else "")


def usage(spent: Spent) -> str:
    """All of it in one line of words."""
    if not spent.turns:
        return "no turn was answered"
    read = f"{tokens(spent.read)} tokens read ({spent.cache_share:.0%} from the cache)"
    return f"{_turns(spent.turns)}, {read}, {tokens(spent.output)} written, {price(spent)}"


def as_json(state: State) -> Json | None:
    """For other programs; None where no model was used."""
    if not models_asked(state):
        return None
    spent = state.bill()
    return {
        "backends": backends(state),
        "turns": spent.turns,
        "tokens_read": spent.read,
        "tokens_from_cache": spent.cached,
        "cache_share": round(spent.cache_share, 3),
        "tokens_written": spent.output,
        "usd": round(spent.usd, 6) if spent.turns > spent.unpriced else None,
        "turns_without_price": spent.unpriced,
    }


def table(state: State) -> Iterator[tuple[str, ...]]:
    """The whole account as cells: tasks, then roles, then the incident."""
    for bill in by_task(state):
        yield _cells(f"{bill.name} ({bill.role})", bill.spent)
    for bill in by_role(state):
        yield _cells(f"all of {bill.name}", bill.spent)
    yield _cells("the incident", state.bill())


HEADS = ("Who", "Turns", "Read", "From the cache", "Written", "Seconds", "Cost")
"""What the cells of a line of the table are."""


def _cells(name: str, spent: Spent) -> tuple[str, ...]:
    return (
        name,
        str(spent.turns),
        tokens(spent.read),
        f"{spent.cache_share:.0%}",
        tokens(spent.output),
        f"{spent.seconds:.0f}",
        price(spent),
    )


def _name(key: str) -> str:
    again = key.partition("@")[2]
    return work(key).name + (f", time {again}" if again else "")


def _turns(count: int) -> str:
    return f"{count} turn{'s' * (count != 1)}"
