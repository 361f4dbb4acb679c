"""Who may approve a change that its entry of the catalogue keeps for some roles. Pure."""

from orchestrator.model.commands import Command
from orchestrator.model.records import Approval
from orchestrator.model.state import State


def barred(state: State, approval: Approval, command: Command) -> str:
    """Why this approver does not count; empty when they hold one of the roles, or none is asked.

    A role is held by whoever has it in this incident, and by whoever the settings give it to.
    """
    roles = [str(role) for role in approval.card.get("may_approve", ())]
    if not roles:
        return ""
    named = " or ".join(role.replace("-", " ") for role in roles)
    why = f"{approval.title} is approved by the {named}"
    if command.actor.kind != "human":
        return f"{why}: only people can approve it"
    name = command.actor.name
    own = {role for person in state.people if person["name"] == name for role in _of(person)}
    own |= {role for role, holder in state.roles.items() if holder == name}
    return "" if own.intersection(roles) else f"{why}; {name} is neither in this incident"


def _of(person: object) -> tuple[str, ...]:
    roles = person.get("roles", ()) if isinstance(person, dict) else ()
    return tuple(str(role) for role in roles)
