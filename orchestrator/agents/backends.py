"""Which backend answers, by the settings and by whether a key is at hand."""

import os
from collections.abc import Mapping
from pathlib import Path

from orchestrator.agents.claude import ClaudeBackend
from orchestrator.agents.claude.sdk import SdkClient
from orchestrator.agents.claude.turn import Client
from orchestrator.agents.claude.words import Reader
from orchestrator.agents.contract import Backend
from orchestrator.agents.recorded import Recorded, Recording
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import Clock
from orchestrator.settings import Settings


def named(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """rules, claude or recorded: what `auto` comes to here."""
    table = settings.model
    if table.backend != "auto":
        return table.backend
    return "claude" if environ.get(table.key_env, "").strip() else "rules"


def backend(settings: Settings, root: Path, environ: Mapping[str, str] = os.environ) -> Backend:
    """The backend of a project; each one keeps the deterministic responder beside it."""
    table, name = settings.model, named(settings, environ)
    if name == "rules":
        return RulesBackend()
    if name == "recorded":
        return ClaudeBackend(Recorded(root / table.recording), RulesBackend(), "recorded")
    client: Client = SdkClient(table, environ)
    if table.record and table.recording:
        client = Recording(client, root / table.recording)
    return ClaudeBackend(client, RulesBackend())


def reader(answering: Backend, settings: Settings, clock: Clock) -> Reader | None:
    """Who reads plain words beside the parser, over the same connections; None: nobody does."""
    if isinstance(answering, ClaudeBackend):
        return Reader(answering.client, settings.model, clock)
    return None
