"""The steps of one action of the catalogue, and of its way back, told from its own entry."""

from collections.abc import Mapping

from orchestrator.settings import Action


def plan(action: Action, service: str, params: Mapping[str, str]) -> tuple[str, ...]:
    """Approval, the change, the watch: true of any action, told by the title of this one."""
    title = action.title.replace("{service}", action.service or service)
    for name, value in params.items():  # a version as short as on its card
        title = title.replace(f"{{{name}}}", value[:12] if name == "version" else value)
    return (
        f"approve: {title}",
        "run it once, exactly as approved",
        "watch traffic, errors, p95 and what is in use against the baseline",
    )


def way_back(action: Action, when: str = "if it makes things worse") -> tuple[str, ...]:
    """How the action is taken back, or that the catalogue cannot."""
    if not action.undo:
        return ("the catalogue has no undo for it",)
    return (f"take it back by the action's undo {when}",)
