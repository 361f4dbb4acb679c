"""The steps of a hotfix, as people record them."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class HotfixStepped(Payload):
    """A person recorded a step of a hotfix; code looks at a patch and at tests itself."""

    type: ClassVar[str] = "hotfix.stepped"
    number: int
    """which hotfix of the incident"""
    step: str
    """start | patch | tests | approve | deploy"""
    text: str
    """brief, commit, evidence, reason or action of the catalogue, by step"""
    by: str
    branch: str
