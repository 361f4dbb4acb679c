"""Plain words as a model reads them: one small turn, and the parser's reading behind every field.

Code checks each field; one that does not hold is as the parser has it. Themes are what either of
the two saw. Where no answer comes in time, or none that can be read, the parser's reading stands.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from orchestrator.agents.claude.models import choice, cost
from orchestrator.agents.claude.patience import before
from orchestrator.agents.claude.sdk import warm
from orchestrator.agents.claude.turn import Block, Client, Reply, Turn, TurnFailed
from orchestrator.clock import Clock, iso, parse_iso
from orchestrator.evidence.safe import safe_text
from orchestrator.intake.effects import GUIDANCE_LIMIT
from orchestrator.intake.guidance import Theme, quoted, union
from orchestrator.intake.words import TITLE_LIMIT, Understood, understood
from orchestrator.model.policy import SEVERITIES
from orchestrator.model.reports.claims import Strict
from orchestrator.settings_model import ModelTable

log = logging.getLogger(__name__)

TASK = "intake/words"

SECONDS = 6.0
"""A person waits for this, and has the parser's reading meanwhile."""

OLDEST = 30 * 86_400.0
"""Seconds ago an incident may have begun."""

MOST_SHOWN, MOST_OUTPUT = 4_000, 1_500
"""Characters of the words that are shown, and tokens of the answer."""


class Seen(Strict):
    """One theme, and the words it was seen in."""

    theme: str
    words: tuple[str, ...]


class Heard(Strict):
    """What a model is asked to fill; what the words do not say is empty."""

    title: str
    severity: str
    service: str
    since: str
    guidance: str
    themes: tuple[Seen, ...]


class Reader:
    """Reads what a person typed, by the small model."""

    def __init__(self, client: Client, table: ModelTable, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    async def read(
        self, text: str, services: Sequence[str], now: float, guidance: str = ""
    ) -> Understood:
        """What the words say. It never fails: `why` says where the parser had to stand in."""
        plain = understood(text, services, now, guidance)
        chosen = choice(self._table, TASK)
        # before lines are joined: a secret may be known by the line it stands on
        shown, aside = (" ".join(safe_text(one).split())[:MOST_SHOWN] for one in (text, guidance))
        moment = self._clock.now() + SECONDS
        try:
            asked = self._reply(opening(shown, aside, services, now))
            reply = await before(self._clock, moment, _nobody, asked)
        except TurnFailed as error:
            late = error.kind == "deadline"
            why = f"no answer within {SECONDS:g} s" if late else str(error)
            return replace(plain, why=f"{chosen.model}: {why}")
        except Exception as error:  # a bug of ours costs the model's reading, not the person's
            log.exception("reading plain words failed")
            return replace(plain, why=f"{chosen.model}: its part failed ({type(error).__name__})")
        usage = reply.usage
        plain = replace(
            plain,
            usd=cost(chosen.known, usage),
            tokens=usage.fresh + usage.cached + usage.written + usage.output,
        )
        try:
            heard = _object(reply)
        except ValueError as error:
            return replace(plain, why=f"{chosen.model}: {error}")
        return checked(heard, plain, f"{shown}\n{aside}", services, now, chosen.model)

    async def _reply(self, message: Block) -> Reply:
        await warm()
        chosen = choice(self._table, TASK)
        turn = Turn(
            task=TASK,
            number=1,
            model=chosen.model,
            system=system(),
            tools=(),
            messages=(message,),
            schema=_schema(),
            most_output=min(chosen.known.most_output, MOST_OUTPUT),
            effort=chosen.effort,
            thinking=False,
            last=True,
        )
        return await self._client.reply(turn, lambda _: None)


@cache
def system() -> tuple[Block, ...]:
    """What is asked, the same bytes every time."""
    text = (files("templates") / "prompts" / "words.md").read_text(encoding="utf-8").strip()
    return ({"type": "text", "text": text, "cache_control": {"type": "ephemeral"}},)


def opening(text: str, guidance: str, services: Sequence[str], now: float) -> Block:
    """The one message: the time, the services, and the words as quotations."""
    rows = (
        f"task: {TASK}",
        f"now: {iso(now)}",
        f"services: {json.dumps(list(services), ensure_ascii=False)}",
        f"words: {json.dumps(text, ensure_ascii=False)}",
        f"guidance: {json.dumps(guidance, ensure_ascii=False)}",
    )
    return {"role": "user", "content": [{"type": "text", "text": "\n".join(rows)}]}


def checked(
    heard: Mapping[str, Any],
    plain: Understood,
    shown: str,
    services: Sequence[str],
    now: float,
    model: str,
) -> Understood:
    """The model's reading where it holds, the parser's where it does not; the themes of both."""
    fell: list[str] = []
    title = _title(heard.get("title"))
    if title is None:
        fell += ["title"] if plain.text else []  # without a sentence there is nothing to sum up
        title = plain.title
    severity = heard.get("severity")
    if severity not in ("", *SEVERITIES):
        fell.append("severity")
    service = heard.get("service")
    if service not in ("", *services):
        fell.append("service")
    since = _since(heard.get("since"), now)
    if since is None and heard.get("since") != "":
        fell.append("since")
    guidance = heard.get("guidance")
    if not isinstance(guidance, str) or not _said(guidance, shown):
        fell.append("guidance")
        guidance = plain.guidance
    seen = _themes(heard.get("themes"), shown)
    if seen is None:
        fell.append("themes")
    if len(fell) == len(Heard.model_fields):
        return replace(plain, why=f"{model}: nothing of its answer fits")
    # what the parser found in so many words is not lost where a model overlooks it
    service = service if service and "service" not in fell else plain.service
    return replace(
        plain,
        title=title,
        severity=severity if severity and "severity" not in fell else plain.severity,
        service=service,
        also=tuple(name for name in (plain.service, *plain.also) if name and name != service),
        since=plain.since if since is None else since,
        guidance=guidance,
        themes=union(plain.themes, seen or ()),
        by=model,
        why=f"as the parser has it: {', '.join(fell)}" if fell else "",
    )


def _object(reply: Reply) -> Mapping[str, Any]:
    """The answer as an object. ValueError says why it is none."""
    if reply.stop == "refusal":
        raise ValueError(f"refuses to answer{f' ({reply.why})' if reply.why else ''}")
    if reply.stop not in ("end_turn", "stop_sequence"):
        raise ValueError(f"stopped with {reply.stop}")
    try:
        heard = json.loads(reply.text)
    except (ValueError, RecursionError):
        raise ValueError("the answer is no JSON") from None
    if not isinstance(heard, dict):
        raise ValueError("the answer is no object")
    return heard


def _title(value: object) -> str | None:
    """One line that is not empty and fits."""
    if not isinstance(value, str) or "\n" in value.strip():
        return None
    title = safe_text(value).strip()
    return title if 0 < len(title) <= TITLE_LIMIT else None


def _since(value: object, now: float) -> float | None:
    """A time that has passed, and not long ago."""
    try:
        at = parse_iso(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and now - OLDEST <= at <= now else None


def _said(part: str, shown: str) -> bool:
    """True for words that stand in the text: guidance is a person's own."""
    inside = " ".join(part.lower().split()) in " ".join(shown.lower().split())
    return inside and len(part) <= GUIDANCE_LIMIT


def _themes(value: object, shown: str) -> list[Theme] | None:
    """Those that the text bears out; None where it is no list of themes at all."""
    if not isinstance(value, list):
        return None
    found: list[Theme] = []
    for one in value:
        if isinstance(one, dict) and isinstance(one.get("words"), list):
            words = [word for word in one["words"] if isinstance(word, str)]
            theme = quoted(str(one.get("theme")), words, shown)
            found += [theme] if theme is not None else []
    return found


@cache
def _schema() -> dict[str, Any]:
    from anthropic import transform_schema

    return dict(transform_schema(Heard))


async def _nobody() -> None:
    """Nobody stops it but the clock."""
    await asyncio.get_running_loop().create_future()
