"""Step 1, detection and logging: the record and the first alert, side by side."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.events import Json


def detection(i: Incident) -> None:
    if i.skipped("detection"):
        return
    i.all(
        i.ask("detect/record", "incident-responder", "incident record"),
        i.ask("detect/alert", "incident-responder", "initial alert"),
    )
    record = i.state.report("detect/record")
    if record is not None:
        date_impact(i, record)


def date_impact(i: Incident, record: Json) -> None:
    """The start of impact as evidence dates it; with none it stays unknown and is asked for."""
    started, evidence = record.get("impact_started_at"), tuple(record.get("impact_evidence", ()))
    if started is None or not evidence:
        i.question("impact start", "When were users first hit?")
        return
    i.emit(
        i.nth("impact/dated"),
        ev.ImpactDated(float(started), str(record["impact_started_how"]), evidence),
    )
