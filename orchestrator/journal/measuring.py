"""Every incident of a project, measured: a journal is read from its last snapshot on."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.journal.read import JournalBroken
from orchestrator.journal.snapshot import open_journal
from orchestrator.model.measured import Measured, measure
from orchestrator.project import IncidentFolder, Project


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; `broken` names each journal that could not be, in one line."""

    measured: tuple[Measured, ...]
    broken: tuple[str, ...]


def measured(project: Project, stop: Callable[[], bool] = lambda: False) -> Reading:
    """All incidents of the project. `stop` is asked before each: True ends the reading there."""
    found: list[Measured] = []
    broken: list[str] = []
    for folder in project.all_incidents():
        if stop():
            break
        try:
            one = _measured(folder)
        except JournalBroken as error:
            broken.append(str(error))
        else:
            if one is not None:
                found.append(one)
    return Reading(tuple(found), tuple(broken))


def _measured(folder: IncidentFolder) -> Measured | None:
    """None for a journal without its first whole line: nobody reported anything yet."""
    try:
        state = open_journal(folder).state
    except JournalBroken:
        raise
    except OSError as error:
        raise JournalBroken(f"{folder.journal}: cannot be read ({error.strerror})") from error
    except Exception as error:  # a well-formed line may still say what cannot be true
        why = type(error).__name__
        raise JournalBroken(f"{folder.journal}: cannot be folded ({why})") from error
    return measure(state) if state.incident else None
