"""A model's notes are lines of their own kind, from the bench to the replay's text."""

from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.journal.transcript import TranscriptWriter, read_transcript
from tui.replay import text_of


def written(path: Path, *said: tuple[str, str]) -> list[tuple[str, str]]:
    writer = TranscriptWriter(path, 1, FakeClock())
    for kind, text in said:
        if kind == "say":
            writer.say(text)
        elif kind == "note":
            writer.note(text)
        else:
            writer.line(kind, text)
    writer.close()
    return [(line.kind, line.text) for line in read_transcript(path)]


def test_running_text_is_joined_with_its_own_kind_alone(tmp_path: Path) -> None:
    said = (("say", "It "), ("say", "is. "), ("note", "May"), ("note", "be. "), ("say", "Sure.\n"))
    assert written(tmp_path / "t.ndjson", *said) == [
        ("say", "It is. "),
        ("note", "Maybe. "),
        ("say", "Sure.\n"),
    ]


def test_a_line_of_another_kind_ends_a_note(tmp_path: Path) -> None:
    said = (("note", "I look"), ("call", "ls"), ("note", "Nothing."))
    assert written(tmp_path / "t.ndjson", *said) == list(said)


def test_as_one_text_notes_run_on_like_speech(tmp_path: Path) -> None:
    written(tmp_path / "t.ndjson", ("note", "May"), ("warn", "late"), ("note", "be."))
    assert text_of(read_transcript(tmp_path / "t.ndjson")) == "May\n[warn] late\nbe."
