"""The commands around sending: what may refuse each, and what is recorded when nothing does."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.deliveries import question_of
from orchestrator.flow.record import engage
from orchestrator.model import events as ev
from orchestrator.model.codec import decode
from orchestrator.model.commands import Command
from orchestrator.model.deadlines import update_interval
from orchestrator.model.delivery import Channel
from orchestrator.model.durations import words
from orchestrator.model.messages import audience_of
from orchestrator.model.sending import barred, channels_for, latest, left, sendings, too_soon
from orchestrator.model.state import State


def refuse_send(state: State, c: Command) -> str:
    """Why a text cannot go out now; that it is still the one that was shown, the runner checks."""
    path = str(c.args.get("path", ""))
    if why := barred(state, path):
        return why
    known = {one.name: one for one in channels_for(state, path)}
    if len(str(c.args.get("sha256", ""))) != 64:
        return "say which words go out: the SHA-256 of the text that is shown"
    if why := _channels(state, c, known):
        return why
    interval = update_interval(state.policy, state.severity, state.themes)
    since = too_soon(state, path, interval, c.at)
    if since and not str(c.args.get("why", "")).strip():
        return (
            f"the last update went out {words(round(since, 3))} ago; updates more often than "
            "useful are not read: say why this one cannot wait"
        )
    return ""


def _channels(state: State, c: Command, known: dict[str, Channel]) -> str:
    path, last = str(c.args["path"]), latest(state, str(c.args["path"]))
    for name in c.args.get("channels", ()):
        if name not in known:
            return f"{name!r} is no channel for {audience_of(path)} texts; use {', '.join(known)}"
        if name in last and last[name].state == "asked":
            return f"it is on its way to {name} already"
    chosen = _chosen(state, c)
    if chosen:
        return ""
    waiting = [one.channel for one in last.values() if one.state == "asked"]
    if waiting:
        return f"it is on its way to {', '.join(waiting)} already"
    return f"{', '.join(c.args.get('channels') or known)} has exactly these words already"


def _chosen(state: State, c: Command) -> tuple[str, ...]:
    named, open_ = c.args.get("channels", ()), left(state, str(c.args["path"]), c.args["sha256"])
    return tuple(name for name in open_ if not named or name in named)


def send(i: Incident, c: Command) -> None:
    path, why = str(c.args["path"]), str(c.args.get("why", "")).strip()
    number = sendings(i.state, path) + 1
    chosen = _chosen(i.state, c)
    for one in latest(i.state, path).values():
        if one.state == "unknown" and one.channel in chosen:
            _answer(i, c, question_of(one), "sent again")
    asked = ev.SendRequested(path, number, str(c.args["sha256"]), chosen, c.actor.name, why)
    i.emit(c.id, asked, c.actor)
    engage(i, c, "sent a message")


def refuse_arrived(state: State, c: Command) -> str:
    path, channel = str(c.args.get("path", "")), str(c.args.get("channel", ""))
    open_ = [one.channel for one in latest(state, path).values() if one.state == "unknown"]
    if channel in open_:
        return ""
    if not open_:
        return f"of {path or 'no text'} it is known everywhere whether it arrived"
    return f"{channel!r} does not wait for that word; there: {', '.join(open_)}"


def arrived(i: Incident, c: Command) -> None:
    path, channel = str(c.args["path"]), str(c.args["channel"])
    one = latest(i.state, path)[channel]
    seen = ev.MessageDelivered(path, channel, one.key, f"seen by {c.actor.name}")
    i.emit(c.id, seen, c.actor)
    _answer(i, c, question_of(one), "it arrived")


def _answer(i: Incident, c: Command, field: str, text: str) -> None:
    if field in i.state.questions:
        i.emit(f"{c.id}/answered/{field}", ev.QuestionAnswered(field, text), c.actor)


def channels(i: Incident, c: Command) -> None:
    """The settings' channels, where they are not the ones that are known."""
    said = decode(ev.ChannelsKnown, c.args)
    now = tuple(Channel(o["name"], tuple(o["audiences"]), o["auto"]) for o in said.channels)
    if now != i.state.channels:
        i.emit(c.id, said, c.actor)
