"""One step of the fold: what an event of one type does to the state, in place."""

from collections.abc import Callable
from typing import Any

from orchestrator.model.events import Event
from orchestrator.model.state import State

Step = Callable[[State, Any, Event], None]
