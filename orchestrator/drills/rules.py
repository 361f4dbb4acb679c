"""Alert rules: a figure above a limit for long enough fires, and is resolved as slowly. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

CLEAR_AFTER = 5.0


class Figures(Protocol):
    """What was measured at a moment; rules name its fields."""

    @property
    def at(self) -> float: ...


Seen = TypeVar("Seen", bound=Figures)


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule that fired; `ends_at` is 0 while it still does."""

    name: str
    severity: str
    summary: str
    description: str
    starts_at: float
    ends_at: float = 0.0
    service: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    """beside the usual ones"""

    @property
    def firing(self) -> bool:
        return not self.ends_at


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires when one figure has been above a limit for `lasting` seconds."""

    name: str
    severity: str
    figure: str
    above: float
    lasting: float
    labels: tuple[tuple[str, str], ...] = ()

    def breached(self, seen: Any) -> bool:
        return float(getattr(seen, self.figure)) > self.above


class Judge(Generic[Seen]):
    """Judges one part by its rules, and keeps the alerts that came of it."""

    def __init__(
        self,
        service: str,
        rules: tuple[Rule, ...],
        tell: Callable[[str, Seen, Rule], tuple[str, str]],
    ) -> None:
        self.alerts: dict[str, Alert] = {}
        self._service = service
        self._rules = rules
        self._tell = tell
        self._since: dict[str, float] = {}

    def look(self, seen: Seen) -> None:
        """Take one more measurement."""
        for rule in self._rules:
            self._judge(rule, seen)

    def _judge(self, rule: Rule, seen: Seen) -> None:
        """`_since` holds when the rule's condition last changed to what it is now."""
        alert = self.alerts.get(rule.name)
        firing = alert is not None and alert.firing
        if rule.breached(seen) == firing:
            self._since.pop(rule.name, None)
            return
        since = self._since.setdefault(rule.name, seen.at)
        if alert is not None and firing and seen.at - since >= CLEAR_AFTER:
            self.alerts[rule.name] = replace(alert, ends_at=seen.at)
            self._since.pop(rule.name)
        elif not firing and seen.at - since >= rule.lasting:
            self.alerts[rule.name] = self._fire(rule, seen)
            self._since.pop(rule.name)

    def _fire(self, rule: Rule, seen: Seen) -> Alert:
        summary, description = self._tell(self._service, seen, rule)
        return Alert(
            rule.name,
            rule.severity,
            summary,
            description,
            starts_at=seen.at,
            service=self._service,
            labels=rule.labels,
        )
