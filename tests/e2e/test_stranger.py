"""A stranger takes a drill from the alarm to the replay with nothing but what is on the screen."""

from pathlib import Path

import pytest

from orchestrator.drills import homes
from tests.e2e.terminal import Terminal, terminal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CAUSE = "root-cause-analysis.md"


def hint(console: Terminal, words: str) -> None:
    """Press the key that the screen says is for this; where the footer is too short, the help."""
    try:
        key = console.key_of(words)
    except AssertionError:
        console.press(console.key_of("help"))
        console.until(lambda _: console.screen.display[-1].split() == ["esc", "back", "?", "help"])
        back = console.key_of("back")
        if words not in console.text:
            console.press(console.key_of("To the newest line"))
            console.until(words)
        key = console.key_of(words)
        console.press(back)
        console.until(lambda text: "▌Keys" not in text)
    console.press(key)


def approve(console: Terminal) -> None:
    """A card disarms when its console was held up, as on a busy machine: then the key again."""
    key = console.key_of("approve once")
    while "approve: accepted" not in console.text:
        if " armed" in console.text:
            console.press(key)
        console.take(console.child.read_nonblocking(65536, 60.0))


def test_a_drill_from_the_alarm_to_the_replay_by_what_the_screen_says(tmp_path: Path) -> None:
    with terminal("demo", "--root", str(tmp_path), cwd=tmp_path) as console:
        console.until("approvals")
        hint(console, "ack")
        console.until("ack: accepted")
        hint(console, "note")
        console.until(lambda _: console.screen.display[-2].strip() == "note")
        console.press("pool looks exhausted\r")
        console.until("note: accepted")
        console.until("review and decide")
        project = homes(tmp_path)[0].project
        with terminal("--project", str(project), cwd=tmp_path) as colleague:
            colleague.until("INC-")
            colleague.press("\r")
            colleague.until("review and decide")
            hint(console, "review and decide")
            console.until("arming…")
            console.until("armed")
            approve(console)
            colleague.until("granted by")
            colleague.press("\x11")
            assert colleague.ended() == 0
        hint(console, "files")
        console.until(CAUSE)
        while console.text.count(CAUSE) < 2:  # in the list, and over the page when it is chosen
            shown = console.screen.display[2]
            console.press("\x1b[B")
            console.until(lambda _, shown=shown: console.screen.display[2] != shown)  # type: ignore[misc]
        hint(console, "next")
        hint(console, "open")
        console.until(lambda text: "sha-256" in text or "Which evidence?" in text)
        if "Which evidence?" in console.text:
            console.until("enter send")
            hint(console, "send")
        console.until("lines, wrapped")
        hint(console, "Go to the war room")
        console.until(lambda _: "approvals" in console.screen.display[-1])
        hint(console, "replay")
        console.until("play/pause")
        hint(console, "approval")
        console.until("replay: nothing here can run")
        hint(console, "One step back")
        console.until("journal ok")
        hint(console, "Type a command")
        console.until(lambda text: "another command" not in text)
        console.press("copy summary\r")
        console.until(lambda text: "copied summary" in text or "copied the summary" in text)
        assert b"\x1b]52;c;" in console.raw, "over the terminal, as it works through ssh"
        console.press("\x11")
        assert console.ended() == 0
        assert console.sane()
