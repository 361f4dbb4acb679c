"""A vendor is asked: with a text to send, whom to send it to, and a clock for the answer."""

from orchestrator.flow.decide import Incident
from orchestrator.model.vendor import ANSWER, ASKED


def vendor(i: Incident) -> None:
    """Nothing until a person escalates to the vendor; then once for the incident."""
    if "vendor" not in i.state.escalations or not i.state.open:
        return
    asked = i.ask(
        ASKED,
        "architecture-designer",
        "what to ask the vendor",
        kind="vendor",
        inputs={"why": i.state.escalations["vendor"]},
    )
    if asked.outcome != "done":
        return
    contacts = "; ".join(f"{one['name']}: {one['contact']}" for one in asked.report["contacts"])
    whom = contacts or "nobody is named in [[services.vendors]]; who is it?"
    i.question(ANSWER, f"The vendor is to be asked ({whom}). What do they answer?")
