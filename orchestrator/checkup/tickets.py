"""Whether tickets could be opened, without opening one or asking anybody."""

import os
from collections.abc import Mapping

from orchestrator.checkup.found import Found, ok, warn
from orchestrator.settings import Settings


def check(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[Found]:
    """The repository and whether its token is at hand; nothing where none is set."""
    table = settings.tickets
    if not table.repo:
        return []
    if not environ.get(table.token_env):
        mend = "set it where `warroom tickets` is typed"
        return [warn("tickets", table.repo, f"{table.token_env} holds no token", mend)]
    return [ok("tickets", table.repo, f"a token is in {table.token_env}")]
