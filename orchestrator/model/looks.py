"""Whether the looks after a change passed for long enough: the one rule for "it is well again"."""

from orchestrator.model.events import Json


def lasted(looks: Json) -> bool:
    """They passed in a row, over the whole window, and nobody gave up waiting."""
    passed = looks["passes"] >= looks["needed"] and looks["stable_for"] >= looks["window"]
    return bool(passed and not looks["gave_up"])
