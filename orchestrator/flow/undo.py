"""Taking an executed change back: its undo becomes a card of its own, and needs its own key."""

from orchestrator.flow.decide import Incident, Pending

ROLE = "devops-engineer"


def undos(i: Incident) -> None:
    """Each request once, in order; one that is denied or impossible is simply over."""
    for number, action in enumerate(i.state.undos, start=1):
        done = i.state.tasks[action]
        prepared = i.task(
            f"mitigation/prepare-undo@{number}",
            ROLE,
            f"prepare to take back: {done.title}",
            kind="prepare",
            inputs={"undo_of": action},
        )
        if prepared is None or not prepared["possible"]:
            continue
        card = prepared["card"]
        if not i.approval(f"undo@{number}", card, ROLE):
            continue
        run = i.ask(
            f"mitigation/undo@{number}",
            ROLE,
            str(card["title"]),
            kind="action",
            tries=1,
            inputs={"approval": f"undo@{number}", "card": card},
        )
        if run.running:
            raise Pending
