"""One pane: it follows, counts what it hides, names a silent agent, and stays harmless."""

from dataclasses import replace

from orchestrator.journal.transcript import Line
from tests.tui.panes import START, TASK, Host, pane, rows, say
from tui.frame import FrameClock
from tui.pane_text import PaneText
from tui.widgets.agent_pane import STALL_SECONDS, AgentPane


async def test_the_band_names_number_role_and_time() -> None:
    async with pane() as (shown, _):
        shown.tick(START + 41)
        band = rows(shown)[0]
        assert "3 CO component-owner" in band
        assert "00:41" in band
        assert rows(shown)[1].strip() == "tier 2 analysis"


async def test_text_appears_at_the_flush_and_not_before() -> None:
    async with pane() as (shown, _):
        shown.feed([Line(START, 1, "say", "the pool is full")])
        assert not any("pool" in row for row in rows(shown))
        shown.flush()
        assert any("the pool is full" in row for row in rows(shown))


async def test_the_newest_line_stays_in_sight() -> None:
    async with pane() as (shown, _):
        say(shown, *(f"line {n}\n" for n in range(100)))
        assert rows(shown)[-1].strip() == "line 99▌"


async def test_a_looping_agent_is_called_that_with_the_keys_that_help() -> None:
    async with pane() as (shown, _):
        say(shown, *["kubectl get pods"] * 3, kind="call")
        shown.tick(START + 5)
        assert "▲ looping 00:05" in rows(shown)[0]
        assert "▲ the same command 3 times   x stop  s steer" in rows(shown)[-1]
        say(shown, "kubectl describe pod", kind="call")
        shown.tick(START + 6)
        assert "looping" not in rows(shown)[0]
        assert "x stop" not in rows(shown)[-1]


async def test_a_silent_agent_is_called_stalled_with_the_keys_that_help() -> None:
    async with pane() as (shown, _):
        say(shown, "working")
        shown.tick(START + STALL_SECONDS + 3)
        assert "▲ stalled 00:48" in rows(shown)[0]
        assert "▲ no output for 48 s   x stop  s steer" in rows(shown)[-1]
        say(shown, " again", at=START + STALL_SECONDS + 4)
        shown.tick(START + STALL_SECONDS + 5)
        assert "stalled" not in rows(shown)[0]


async def test_a_finished_agent_is_quiet_and_says_how_long_it_took() -> None:
    async with pane() as (shown, _):
        done = replace(TASK, outcome="done", finished_at=START + 72)
        shown.show(done, shown.text, START + 500)
        assert "✓ done 01:12" in rows(shown)[0]
        failed = replace(TASK, outcome="failed", finished_at=START + 9)
        shown.show(failed, shown.text, START + 500)
        assert "× failed 00:09" in rows(shown)[0]


async def test_one_row_high_it_is_a_strip() -> None:
    async with pane(height=1) as (shown, _):
        say(shown, "first words\n", "dependents still on 1.8 [E8].")
        (strip,) = rows(shown)
        assert "3 CO  dependents still on 1.8 [E8]." in strip


async def test_a_command_keeps_its_evidence_id_however_long_it_is() -> None:
    async with pane(width=40) as (shown, _):
        shown.feed([Line(START, 1, "call", "git diff " + "x" * 80)])
        shown.feed([Line(START + 0.4, 1, "evidence", "E12 the diff")])
        shown.flush()
        row = next(row for row in rows(shown) if "git diff" in row)
        assert "E12" in row
        assert "0.4s" in row
        assert "…" in row


async def test_hostile_bytes_are_painted_as_nothing() -> None:
    async with pane() as (shown, _):
        say(shown, "\x1b[2J\x1b]52;c;ZXZpbA==\x07clean\x9b31m\x00 text")
        assert all(row.isprintable() for row in rows(shown))
        assert any("clean" in row for row in rows(shown))


async def test_every_row_is_exactly_as_wide_as_the_pane() -> None:
    async with pane(width=41) as (shown, _):
        say(shown, "数据库连接池 " * 9, "plain words " * 9)
        for y in range(shown.size.height):
            assert shown.render_line(y).cell_length == 41


async def test_stop_and_steer_name_the_task() -> None:
    asked: list[str] = []

    class Listening(Host):
        def on_agent_pane_stop_requested(self, message: AgentPane.StopRequested) -> None:
            asked.append(f"stop {message.key}")

        def on_agent_pane_steer_requested(self, message: AgentPane.SteerRequested) -> None:
            asked.append(f"steer {message.key}")

    app = Listening()
    async with app.run_test(size=(60, 10)) as pilot:
        app.pane.show(TASK, PaneText(), START)
        app.pane.focus()
        await pilot.press("x", "s")
    assert asked == ["stop tier2/analysis", "steer tier2/analysis"]


class Recorded:
    """Something to paint that notes when it was painted."""

    def __init__(self, name: str, log: list[str], focused: bool = False) -> None:
        self.name, self.log, self.has_focus = name, log, focused

    def flush(self) -> None:
        self.log.append(self.name)


def test_two_panes_a_tick_the_focused_one_first_then_the_oldest() -> None:
    clock, log = FrameClock(), list[str]()
    panes = [Recorded("a", log), Recorded("b", log), Recorded("c", log), Recorded("d", log, True)]
    for one in panes:
        clock.dirty(one)
        clock.dirty(one)
    clock.tick()
    assert log == ["d", "a"]
    clock.tick()
    assert log == ["d", "a", "b", "c"]
    clock.tick()
    assert len(log) == 4


def test_a_seek_paints_everything_at_once() -> None:
    clock, log = FrameClock(), list[str]()
    for name in "abcde":
        clock.dirty(Recorded(name, log))
    clock.drain()
    assert sorted(log) == list("abcde")
    assert clock.waiting == 0
