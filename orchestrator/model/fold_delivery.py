"""How texts on their way change the state."""

from dataclasses import replace
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.delivery import Channel, Delivery
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.messages import delivery_key
from orchestrator.model.records import Message
from orchestrator.model.state import State


def _channels(state: State, data: ev.ChannelsKnown, event: Event) -> None:
    state.channels = tuple(
        Channel(str(one["name"]), tuple(one["audiences"]), bool(one["auto"]))
        for one in data.channels
    )


def _requested(state: State, data: ev.SendRequested, event: Event) -> None:
    for channel in data.channels:
        key = delivery_key(data.path, data.number, channel)
        state.deliveries[key] = Delivery(
            key, data.path, channel, data.number, data.sha256, data.by, event.at
        )
    earlier = state.messages.get(data.path) or Message(data.path, "drafted", event.at)
    state.messages[data.path] = replace(
        earlier, state="sending", at=event.at, by=data.by, channel=", ".join(data.channels)
    )


def _ended(word: str) -> Step:
    def step(state: State, data: Any, event: Event) -> None:
        known = state.deliveries.get(data.key)
        if known is not None:
            state.deliveries[data.key] = replace(
                known, state=word, detail=data.detail, ended_at=event.at
            )

    return step


DELIVERY: dict[type[Payload], Step] = {
    ev.ChannelsKnown: _channels,
    ev.SendRequested: _requested,
    ev.MessageDelivered: _ended("delivered"),
    ev.MessageFailed: _ended("failed"),
    ev.MessageUnknown: _ended("unknown"),
}
"""The step of each type of event."""
