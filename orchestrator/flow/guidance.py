"""What the guidance asks for, applied once and said: every effect shows in the journal."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev


def guidance(i: Incident) -> None:
    for theme in i.state.asked_themes:
        name, effect = str(theme["name"]), str(theme["effect"])
        i.emit(f"guidance/{name}", ev.GuidanceApplied(name, effect))
