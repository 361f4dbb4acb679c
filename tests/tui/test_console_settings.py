"""How a person sets the console: two files, own keys, and one line about what is wrong."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from orchestrator.checkup import first_settings
from orchestrator.checkup.survey import Survey
from orchestrator.project import Project
from tests.tui.rooms import find, opened, text_of
from tui.__main__ import main
from tui.console_settings import ConsoleSettings, ConsoleSettingsError, load, own_file


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own file, in a home that is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own_file().parent.mkdir(parents=True)
    return own_file()


def project_saying(tmp_path: Path, text: str) -> Project:
    (tmp_path / "warroom.toml").write_text(text)
    return Project(tmp_path)


def test_without_files_the_console_is_dark_and_rings(tmp_path: Path) -> None:
    assert load(Project(tmp_path)) == ConsoleSettings()


def test_the_persons_own_file_wins_over_the_projects(tmp_path: Path, own: Path) -> None:
    project = project_saying(
        tmp_path, '[console]\ntheme = "light"\nbell = false\n[console.keys]\nnote = "f2"\n'
    )
    own.write_text('[console]\ntheme = "contrast"\n[console.keys]\nzoom = ["f3", "ctrl+g"]\n')
    settings = load(project)
    assert (settings.theme, settings.bell) == ("contrast", False)
    assert settings.keys == {"note": ("f2",), "zoom": ("f3", "ctrl+g")}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[console]\ntheme = "pink"\n', 2, "use dark, light, contrast, ansi"),
        ("[console]\nfps = 0\n", 2, "1 to 60"),
        ('[console]\nbell = "no"\n', 2, "true or false"),
        ("[console]\nfont = 3\n", 2, "is unknown"),
        ('[console.keys]\nnonsense = "x"\n', 2, "is no key of the console"),
        ('[console.keys]\n\nnote = "hyper+x"\n', 3, "'hyper+x' is no key"),
        ('[console.keys]\nnote = "a"\n', 2, "a is already"),
        ('[console.keys]\nnote = "f2"\nzoom = "f2"\n', 3, "f2 is already note"),
        ('[console.keys]\napprove = "g"\n', 2, "is typed in fields, and this decides"),
        ('[console.keys]\ndeny = "enter"\n', 2, "is typed in fields, and this decides"),
        ('[console.keys]\npanes = "g"\n', 2, "digits go to the agents' panes"),
        ('[console.keys]\nnote = "ctrl+m"\n', 2, "a terminal cannot tell it"),
        ("[console\n", 1, "expected"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(
    own: Path, tmp_path: Path, text: str, line: int, words: str
) -> None:
    own.write_text(text)
    with pytest.raises(ConsoleSettingsError) as error:
        load(Project(tmp_path))
    said = str(error.value)
    assert f"{own} line {line}: " in said
    assert words in said
    assert "\n" not in said


def test_two_keys_may_change_places(own: Path, tmp_path: Path) -> None:
    own.write_text('[console.keys]\nzoom = "s"\nsteer = "z"\n')
    assert load(Project(tmp_path)).keys == {"zoom": ("s",), "steer": ("z",)}


def test_a_console_that_is_set_wrongly_does_not_open(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.__main__.on_terminal", lambda: True)
    own.write_text('[console]\ntheme = "pink"\n')
    assert main(["open", "--project", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{own} line 2" in said


def test_the_doctor_says_so_too(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_saying(tmp_path, '[console.keys]\nnote = "a"\n')
    assert main(["doctor", "--project", str(tmp_path)]) == 3
    assert "warroom.toml line 2: [console.keys] note: a is already" in capsys.readouterr().err
    project_saying(tmp_path, '[console.keys]\nnote = "f2"\n')
    main(["doctor", "--project", str(tmp_path)])
    assert "theme dark, density auto, 1 own keys" in capsys.readouterr().out


def test_the_table_that_init_writes_can_be_uncommented(own: Path, tmp_path: Path) -> None:
    written = first_settings.written(Survey(name="shop"), "a.kim", 1000)
    table = written[written.index("# [console]") :]
    text = "\n".join(line.removeprefix("# ") for line in table.splitlines())
    assert set(tomllib.loads(text)["console"]) == {
        *("theme", "density", "fps", "ascii", "bell", "keys")
    }
    own.write_text(text)
    assert load(Project(tmp_path)).keys == {"note": ("f2",)}


def test_reading_the_settings_loads_nothing_of_the_screen() -> None:
    code = "import sys, tui.console_settings; print(*(set(sys.modules) & {'textual', 'pydantic'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# --- on the screen --------------------------------------------------------------------------------


async def test_an_own_key_works_and_is_shown_and_the_old_one_is_free(tmp_path: Path) -> None:
    settings = ConsoleSettings(keys={"acknowledge": ("f2",)})
    async with opened(tmp_path, settings=settings) as (app, pilot):
        find(app, "f2 ack")
        await pilot.press("A")
        await app.workers.wait_for_complete()
        assert app.fake.told == []
        await pilot.press("f2")
        await app.workers.wait_for_complete()
        assert [told["cmd"] for told in app.fake.told] == ["ack"]
        await pilot.press("question_mark")
        await pilot.pause()
        assert any("f2" in row and "Acknowledge" in row for row in text_of(app))


@pytest.mark.parametrize(
    ("density", "rows", "compact"),
    [
        ("auto", 35, True),
        ("auto", 36, False),
        ("compact", 60, True),
        ("standard", 30, False),
    ],
)
async def test_density_goes_by_rows_unless_a_person_decided(
    tmp_path: Path, density: str, rows: int, compact: bool
) -> None:
    settings = ConsoleSettings(density=density)
    async with opened(tmp_path, size=(120, rows), settings=settings) as (app, _):
        assert app.has_class("-compact") is compact
        assert app.room.has_class("-compact") is compact
        assert app.room.query_one("#strip").styles.margin.top == (0 if compact else 1)


async def test_a_resize_across_the_limit_changes_the_density(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(120, 40)) as (app, pilot):
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert app.room.has_class("-compact")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not app.room.has_class("-compact")
