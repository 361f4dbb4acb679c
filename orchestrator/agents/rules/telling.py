"""How a root cause is told in the pane: the five whys and the bones, line by line."""

from collections.abc import Iterable, Sequence

from orchestrator.agents.rules.desk import UNKNOWN, Desk
from orchestrator.model.reports.root_cause import Bone, Why


def tell_whys(desk: Desk, pairs: Sequence[Why]) -> None:
    """Each question with its answer; one that nobody could answer is left open."""
    for number, pair in enumerate(pairs, start=1):
        cited = "".join(f" [{item}]" for item in pair.answer.evidence[:2])
        desk.say(f"{number}. {pair.question} {pair.answer.text}{cited}")
        if pair.answer.text == UNKNOWN.text:
            desk.ask(f"why {number}", pair.question)


def tell_bones(desk: Desk, bones: Iterable[Bone]) -> None:
    """The first factor of each category, or that nothing was found."""
    for bone in bones:
        said = bone.factors[0].text if bone.factors else "nothing found"
        evidence = bone.factors[0].evidence if bone.factors else ()
        cited = f" [{evidence[0]}]" if evidence else ""
        desk.say(f"{bone.category}: {said}{cited}")
