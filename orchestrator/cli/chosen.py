"""An action of the catalogue as a person names it in a shell, checked before it is asked for."""

from collections.abc import Iterable

from orchestrator.settings import Settings


def values(pairs: Iterable[str]) -> dict[str, str]:
    """`version=1.2.3 size=4` by name. ValueError for anything else."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise ValueError(f"{pair!r} is no value; write name=value")
        found[name] = value
    return found


def unfit(settings: Settings, service: str, action: str, params: dict[str, str]) -> str:
    """Why no card can be made of it, in one line; empty when one can be tried."""
    around = ("", *settings.around(service))
    there = {one.id: one for one in settings.actions if one.service in around}
    wanted = there.get(action)
    if wanted is None:
        named = ", ".join(there) or "none"
        return f"the catalogue has no action {action!r} for {service}; there: {named}"
    for name in params:
        if name not in wanted.params:
            asked = ", ".join(wanted.params) or "none"
            return f"{action} asks for no value {name!r}; it asks for: {asked}"
    for name, parameter in wanted.params.items():
        if name not in params:
            return f"{action} needs a value: {name}=..."
        if why := parameter.wrong(params[name]):
            return f"{action}: {name}={params[name]} {why}"
    return ""
