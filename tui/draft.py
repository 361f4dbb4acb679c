"""A new incident as its form stands: what was typed, what is kept of it, what follows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.clock import iso
from orchestrator.intake.effects import Effects, effects, reported
from orchestrator.intake.questions import QUESTIONS, AnswerError, answer
from orchestrator.intake.words import Understood, understood

SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it stands: what was typed, what is kept of it, and what follows from it."""

    typed: Mapping[str, str]
    answers: Mapping[str, str]
    wrong: Mapping[str, str]
    said: Understood | None
    effects: Effects

    @property
    def title(self) -> str:
        if self.said is not None and self.said.title:
            return self.said.title
        return self.answers.get("q1", "")

    @property
    def severity(self) -> str:
        said = self.said.severity if self.said is not None else ""
        return said or self.effects.severity

    def report(self) -> dict[str, object]:
        """What the runner's `open` takes."""
        service = self.said.service if self.said is not None else ""
        said = self.typed.get(SENTENCE, "").strip()
        guidance = self.said.guidance if self.said is not None else ""
        severity = self.said.severity if self.said is not None else ""
        return {
            "title": self.title,
            "service": service,
            "symptoms": said or self.answers.get("q1", ""),
            "reporter": "user",
            "method": "user-report",
            **reported(self.answers, guidance, severity, _seen(self.said)),
        }


def draft(
    typed: Mapping[str, str],
    services: Sequence[str],
    now: float,
    read: Understood | None = None,
) -> Draft:
    """What is understood of what was typed so far; `read` is how a model read the sentence."""
    said = read
    if said is None and typed.get(SENTENCE, "").strip():
        said = understood(typed[SENTENCE], services, now)
    answers: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for question in QUESTIONS:
        try:
            kept = answer(question, typed.get(question.key, ""), now)
        except AnswerError as error:
            wrong[question.key] = str(error).partition(": ")[2] or str(error)
        else:
            if kept:
                answers[question.key] = kept
    if said is not None and said.since is not None and "q3" not in typed:
        answers["q3"] = iso(said.since)
    guidance = said.guidance if said is not None else ""
    known = effects(answers, guidance, seen=_seen(said))
    return Draft(dict(typed), answers, wrong, said, known)


def _seen(said: Understood | None) -> tuple[str, ...]:
    """The themes of the sentence; those of the answers are read from these."""
    return tuple(theme.name for theme in said.themes) if said is not None else ()
