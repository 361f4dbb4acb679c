"""The roles of the flow: who may be asked for what, by name and two-letter code."""

ROLES: dict[str, str] = {
    "incident-responder": "IR",
    "reliability-engineer": "RE",
    "component-owner": "CO",
    "architecture-designer": "AD",
    "project-manager": "PM",
    "devops-engineer": "DO",
    "regression-analyst": "RA",
    "security-gatekeeper": "SG",
}
"""Role → code. The code carries the identity on a screen; a hue only helps."""
