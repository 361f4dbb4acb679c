"""The intake: a sentence and eight questions as a form; what was understood shows beside it.

Nothing takes effect before `ctrl+s`. What is not answered stays UNKNOWN until somebody knows it.
The parser's reading of the sentence is there at once; where the runner has a model, its reading
takes that place as soon as it comes, unless the sentence is another one by then.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from orchestrator.client import Answer
from orchestrator.clock import Clock, hhmmss, parse_iso
from orchestrator.intake.questions import QUESTIONS, Question
from orchestrator.intake.words import PARSER, Understood
from orchestrator.model.codec import decode
from tui.draft import SENTENCE, Draft, draft
from tui.glyphs import CARET, severity_chip
from tui.ink import Piece, row
from tui.keys import CONSOLE, FORM, bindings, labels_of
from tui.runner_link import RunnerLink
from tui.screens.leaf import AnswerRow
from tui.screens.speaking import Speaking
from tui.widgets.footer import KeyFooter
from tui.widgets.region import Region
from tui.wrapping import wrap

ASKED = "What is wrong, in one sentence?"
KEYS = (SENTENCE, *(question.key for question in QUESTIONS))
BY_KEY = {question.key: question for question in QUESTIONS}
PAUSE_SECONDS = 1.0
"""How long nobody types before a model is asked what the sentence says."""

EFFECT_ROWS = (("HIGH", "at once"), ("MEDIUM", "as planned"), ("LOW", "when convenient"))


class Form(Region):
    """The questions; the one being answered shows what it takes."""

    TITLE = "New incident"

    def __init__(self) -> None:
        super().__init__(id="form")
        self.at = 0
        self.draft: Draft | None = None
        self.skipped: set[str] = set()
        self.field_at = 0
        """the row that is left free for what is typed"""

    def apply(self, draft: Draft, at: int, skipped: set[str]) -> None:
        self.draft, self.at, self.skipped = draft, at, set(skipped)
        self.changed()

    def fact(self) -> Sequence[Piece]:
        count = len(self.draft.answers) if self.draft else 0
        return [(f"{count} of {len(QUESTIONS)} answered", self.ink("muted", "panel"))]

    def body(self, width: int, height: int) -> list[Strip]:
        airy = height >= 2 * len(KEYS) + 6
        rows: list[Strip] = [row(self.ink, width, [])] if airy else []
        for number, key in enumerate(KEYS):
            rows += self._question(number, key, width)
            if number == self.at:
                self.field_at = len(rows)
                rows.append(row(self.ink, width, [], on="wash", edge=CARET))
            if airy:
                rows.append(row(self.ink, width, []))
        return rows

    def _question(self, number: int, key: str, width: int) -> list[Strip]:
        ink, here = self.ink, number == self.at
        question = BY_KEY.get(key)
        on = "wash" if here else "surface"
        text = question.text if question is not None else ASKED
        left: list[Piece] = [
            (f"{number or ' '} ", ink("accent" if here else "muted", on, bold=here)),
            (text, ink("bright" if here else "text", on, bold=here)),
        ]
        rows = [row(ink, width, left, self._state(key, on), on=on, edge=CARET if here else "")]
        if here:
            runs = [(_taken(question), "muted")]
            for line in wrap(runs, max(10, width - 5))[:3]:
                pieces = [("  ", ink("muted", on)), *((t, ink(c, on)) for t, c in line)]
                rows.append(row(ink, width, pieces, on=on, edge=CARET))
        return rows

    def _state(self, key: str, on: str) -> list[Piece]:
        ink, draft = self.ink, self.draft
        if draft is None:
            return []
        if key in draft.wrong:
            return [("× not understood", ink("warn", on))]
        kept = draft.title if key == SENTENCE and draft.said else draft.answers.get(key, "")
        if kept:
            words = f"{hhmmss(parse_iso(kept))}Z" if key == "q3" else kept
            words = f"{words} %" if key == "q2" else words
            return [(words, ink("bright", on))]
        return [("skipped" if key in self.skipped else "–", ink("muted", on))]


def _taken(question: Question | None) -> str:
    """What may be typed: a number, a word, or words of one's own."""
    if question is None:
        return "plain words, such as: payments down since 14:00, P0"
    choices = "   ".join(f"{n} {c.answer}" for n, c in enumerate(question.choices, start=1))
    own = "or your own words" if question.free and question.choices else ""
    several = "several with commas" if question.kind == "several" else ""
    return "   ".join(part for part in (choices, several, own, question.hint) if part)


class UnderstoodAs(Region):
    """What would take effect, and why."""

    TITLE = "Understood"

    def __init__(self) -> None:
        super().__init__(id="understood")
        self.draft: Draft | None = None

    def apply(self, draft: Draft) -> None:
        self.draft = draft
        self.changed()

    def fact(self) -> Sequence[Piece]:
        send = labels_of(self.app)["send"]
        return [(f"nothing is sent before {send}", self.ink("muted", "panel"))]

    def body(self, width: int, height: int) -> list[Strip]:
        if self.draft is None:
            return []
        ink, known = self.ink, self.draft.effects
        rows = [row(ink, width, [])] if height >= 16 else []
        rows.append(row(ink, width, [("severity  ", ink("muted")), *self._severity()]))
        for label, words in self._facts():
            lines = wrap([(words, "text")], max(10, width - 13))
            for number, line in enumerate(lines):
                lead = label if number == 0 else ""
                pieces = [(f"{lead:<10}", ink("muted")), *((t, ink(c)) for t, c in line)]
                rows.append(row(ink, width, pieces))
        for key, why in self.draft.wrong.items():
            rows.append(row(ink, width, [(f"× {key[1:]}: {why}", ink("warn"))]))
        if known.guidance and height >= 20:
            rows.append(row(ink, width, []))
            for line in wrap([(known.guidance, "muted")], max(10, width - 3)):
                rows.append(row(ink, width, [(t, ink(c)) for t, c in line]))
        return rows

    def _severity(self) -> list[Piece]:
        assert self.draft is not None
        ink, severity = self.ink, self.draft.severity
        if not severity:
            return [("not known yet: the clocks run as for P0", ink("text"))]
        chip = severity_chip(severity)
        filled = severity in ("P0", "P1")
        style = ink("on-sev", severity.lower(), bold=True) if filled else ink(severity.lower())
        return [(chip, style), ("  until triage", ink("muted"))]

    def _facts(self) -> Iterable[tuple[str, str]]:
        assert self.draft is not None
        draft, known = self.draft, self.draft.effects
        if draft.said is not None and (draft.said.by != PARSER or draft.said.why):
            yield "read by", draft.said.reader
        yield "title", draft.title or "–"
        if draft.said is not None and draft.said.service:
            yield "service", draft.said.service
        if "q3" in draft.answers:
            yield "began", f"{draft.answers['q3'][:10]} {hhmmss(parse_iso(draft.answers['q3']))}Z"
        yield "themes", ", ".join(known.themes) or "none"
        yield "escalate", dict(EFFECT_ROWS)[known.urgency]
        yield "prefer", "rollback before searching" if known.mitigation == "rollback" else "cause"
        often = known.update_seconds
        yield "updates", f"every {often / 60:.0f} min" if often else "none promised"
        yield "documents", known.depth


class Intake(Speaking, inherit_bindings=False):
    """The form. It opens the incident it described, or is left without a trace."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FORM)
    AUTO_FOCUS = "Input"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, FORM)
    DEFAULT_CSS = """
    Intake { background: $wr-background; layout: vertical; }
    Intake #intake { height: 1fr; layout: horizontal; background: $wr-background; }
    Intake #left {
        width: 3fr; layout: vertical; layers: below above; margin: 0 1 0 0; background: $wr-surface;
    }
    Intake #form { height: 1fr; }
    Intake #understood { width: 2fr; }
    Intake Input {
        layer: above; position: absolute; width: 1fr; height: 1; border: none; margin: 0 0 0 2;
        background: $wr-background; color: $wr-bright;
    }
    Intake Input:focus {
        border: none; padding: 0 1; background: $wr-background; background-tint: transparent;
    }
    Intake.-narrow #intake { layout: vertical; }
    Intake.-narrow #left { width: 1fr; height: 14; margin: 0; }
    Intake.-narrow #understood { width: 1fr; height: 1fr; }
    """

    @dataclass
    class Opened(Message):
        """The runner has opened the incident."""

        incident: str

    def __init__(
        self, link: RunnerLink, clock: Clock, words: str = "", services: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.link = link
        self._clock = clock
        self._services = tuple(services)
        self._typed: dict[str, str] = {SENTENCE: words} if words else {}
        self._skipped: set[str] = set()
        self._at = 1 if words else 0
        self._field = Input(compact=True, select_on_focus=False)
        self._field.cursor_blink = False
        self._sent = False
        self._read: tuple[str, Understood] | None = None
        """a sentence as it was typed, and how a model read it"""
        self._asked = ""
        """the sentence it was last asked about"""
        self._pause: Timer | None = None
        self._shown = self.draft

    def compose(self) -> ComposeResult:
        with Container(id="intake"):
            with Container(id="left"):
                yield Form()
                yield self._field
            yield UnderstoodAs()
        yield from self._below()

    def _below(self) -> Iterable[Widget]:
        yield AnswerRow()
        yield KeyFooter(self.CONTEXTS, id="footer", clock=False, also=("back",))

    def on_mount(self) -> None:
        self._show()
        if self._at:
            self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.call_after_refresh(self._show)

    @property
    def draft(self) -> Draft:
        sentence, read = self._read or ("", None)
        said = read if sentence == self._typed.get(SENTENCE, "") else None
        return draft(self._typed, self._services, self._clock.now(), said)

    def _show(self) -> None:
        now = self._shown = self.draft
        self.query_one(Form).apply(now, self._at, self._skipped)
        self.query_one(UnderstoodAs).apply(now)
        skip = labels_of(self.app)["skip"]
        self._field.placeholder = f"type here; enter goes on, {skip} skips"
        self._field.styles.offset = (2, 1 + self.query_one(Form).field_at)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._take()
        if KEYS[self._at] == SENTENCE:
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(PAUSE_SECONDS, self._ask, name="pause")
        self._show()

    def _take(self) -> None:
        """What the field holds now: who types fast is ahead of what the form has been told."""
        key = KEYS[self._at]
        if self._field.value.strip():
            self._typed[key] = self._field.value
            self._skipped.discard(key)
        else:
            self._typed.pop(key, None)

    def _turn_to(self, at: int) -> None:
        """Another question, and what was typed for it; nothing else fills the field."""
        self._take()
        self._at = at
        self._field.value = self._typed.get(KEYS[at], "")
        self._field.cursor_position = len(self._field.value)
        self._show()

    def _ask(self) -> None:
        """Have the sentence read by the runner's model, if it has one, once."""
        sentence = self._typed.get(SENTENCE, "")
        if not sentence or sentence == self._asked or self.link is None:
            return
        health = self.link.health()
        if health.alive and health.backend != "rules":
            self._asked = sentence
            self._understand(self.link.command("understand", "", {"text": sentence}), sentence)

    @work(thread=True, group="understand", exit_on_error=False)
    def _understand(self, command: dict[str, Any], sentence: str) -> None:
        assert self.link is not None
        answer = self.link.send(command)
        self.app.call_from_thread(self._understood, sentence, answer)

    def _understood(self, sentence: str, answer: Answer) -> None:
        """Take the model's reading, unless it is of other words by now or came too late."""
        if self._sent or not self.is_attached or sentence != self._typed.get(SENTENCE, ""):
            return
        try:
            read = decode(Understood, answer.data) if answer.accepted else None
        except TypeError:
            read = None
        if read is None:  # the parser's reading is there already; leaving the field asks again
            self._asked = ""
            return
        self._read = (sentence, read)
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_move(1)

    def action_move(self, way: int) -> None:
        self._take()
        if KEYS[self._at] == SENTENCE:
            self._ask()
        self._turn_to(max(0, min(self._at + way, len(KEYS) - 1)))

    def action_skip(self) -> None:
        """Leave this question unanswered and go on."""
        key = KEYS[self._at]
        self._typed.pop(key, None)
        self._skipped.add(key)
        self._field.value = ""
        self.action_move(1)

    def action_send(self) -> None:
        """Start with what is shown: nothing that comes later is in it."""
        now = self._shown
        if self._sent:
            return
        if now.wrong:
            key = next(iter(now.wrong))
            self._turn_to(KEYS.index(key))
            self.answer(f"question {key[1:]}: {now.wrong[key]}", refused=True)
        elif not now.title:
            self._turn_to(0)
            self.answer("say what is wrong, or at least what users see", refused=True)
        else:
            self._sent = True
            self.command("open", then=self._opened, report=now.report())

    def answered(
        self, name: str, answer: Answer, then: Callable[[Answer], None] | None = None
    ) -> None:
        self._sent = answer.accepted
        super().answered(name, answer, then)

    def _opened(self, answer: Answer) -> None:
        self.post_message(self.Opened(str(answer.data.get("incident", ""))))

    def answer(self, text: str, refused: bool = False) -> None:
        if self.is_attached:
            self.query_one(AnswerRow).say(text, refused)

    def action_back(self) -> None:
        self.dismiss(None)
