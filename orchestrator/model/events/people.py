"""What people were told, asked and decided: messages, guidance, answers, overrides, stars."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class GuidanceApplied(Payload):
    """A theme of the guidance, and the effect it has in this incident."""

    type: ClassVar[str] = "guidance.applied"
    theme: str
    effect: str


@journalled
@dataclass(frozen=True, slots=True)
class QuestionAnswered(Payload):
    """A person filled a field nobody knew."""

    type: ClassVar[str] = "question.answered"
    field: str
    text: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageDrafted(Payload):
    """A text is written and can be sent; nothing goes out by itself."""

    type: ClassVar[str] = "message.drafted"
    path: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageRedrafted(Payload):
    """An unsent text is written anew, because what it said is no longer so."""

    type: ClassVar[str] = "message.redrafted"
    path: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageDue(Payload):
    """A trigger or a person says that this text must go out now."""

    type: ClassVar[str] = "message.due"
    path: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageSent(Payload):
    """A person says that the text was sent, and where to."""

    type: ClassVar[str] = "message.sent"
    path: str
    channel: str
    by: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageNotRequired(Payload):
    """The text never fell due; said with the reason."""

    type: ClassVar[str] = "message.not_required"
    path: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class EscalationRequested(Payload):
    """A person escalates now: tier2, tier3, management or executive."""

    type: ClassVar[str] = "escalation.requested"
    target: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineHeld(Payload):
    """A person holds an automatic escalation back, and says why."""

    type: ClassVar[str] = "deadline.held"
    name: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class StepOverridden(Payload):
    """A person starts, skips or repeats a step, or the flow judges anew what it judged too soon."""

    type: ClassVar[str] = "step.overridden"
    step: str
    """detection | regression | triage | tiers | notify | root-cause | mitigation | review"""
    what: str
    """start | skip | repeat"""
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class EventStarred(Payload):
    """A moment worth talking about in the review."""

    type: ClassVar[str] = "event.starred"
    event: str


@journalled
@dataclass(frozen=True, slots=True)
class UndoRequested(Payload):
    """A person wants an executed change taken back; its undo is offered as a card of its own."""

    type: ClassVar[str] = "undo.requested"
    action: str
    """key of the task that carried the change out"""


@journalled
@dataclass(frozen=True, slots=True)
class ExceptionDeclared(Payload):
    """One of the flow's exception paths began."""

    type: ClassVar[str] = "exception.declared"
    name: str
    """sla-exceeded | path-blocked | major-incident | rollback-failed | change-failed |
    security"""
    why: str
    actions: tuple[str, ...]
    """what is done about it, in order"""


@journalled
@dataclass(frozen=True, slots=True)
class DocumentEdited(Payload):
    """A person changed a document; later renders are merged into that."""

    type: ClassVar[str] = "document.edited"
    path: str
    sha256: str
    base_sha256: str
