"""Whether the models of the settings can be asked, tried without asking them anything."""

import os
from collections.abc import Mapping

from orchestrator.agents.backends import named
from orchestrator.agents.claude.models import CHOSEN, choice, known
from orchestrator.agents.claude.sdk import NoKey, key
from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.settings import Settings


async def check(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[Found]:
    """The backend, its key, and each model by name; one line where only rules answer."""
    table, name = settings.model, named(settings, environ)
    if name == "rules":
        why = "" if table.backend == "rules" else f" ({table.key_env} is not set)"
        return [ok("model", "backend", f"rules answer alone{why}")]
    if name == "recorded":
        return [ok("model", "backend", f"recorded answers from {table.recording}")]
    found = [ok("model", "backend", "claude, beside the rules")]
    if table.provider == "anthropic":
        try:
            key(table, environ)
        except NoKey as error:
            return [*found, bad("model", "key", str(error), "set it where the runner starts")]
    used = dict.fromkeys(choice(table, task).model for task in CHOSEN)
    for model in used:
        found.append(await _reached(settings, model, environ))
        if known(table, model).input is None:
            mend = f'add [model.known."{model}"] with input and output'
            found.append(warn("model", f"price of {model}", "not known", mend))
    return found


async def _reached(settings: Settings, model: str, environ: Mapping[str, str]) -> Found:
    """Whether the other side knows a model: asked by name, which costs nothing."""
    from orchestrator.agents.claude.sdk import SdkClient

    client = SdkClient(settings.model, environ, silence=10.0)
    try:
        why, sure = await client.knows(model)
    finally:
        await client.close()
    if not why:
        return ok("model", model, "can be asked")
    mend = "see base_url, key and the model's id under [model]"
    return bad("model", model, why, mend) if sure else warn("model", model, why, mend)
