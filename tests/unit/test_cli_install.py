"""`warroom runner install`: a unit that starts this project's runner, and nobody else's file."""

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.cli.unit import slug, unit_text
from tests.unit.rooms import shop

Said = pytest.CaptureFixture[str]


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "systemd" / "user"


def install(root: Path, *words: str) -> Any:
    return main(["runner", "install", "--project", str(root), *words])


def test_the_unit_starts_this_python_for_this_project(
    tmp_path: Path, units: Path, capsys: Said
) -> None:
    root = tmp_path / "the shop"
    root.mkdir()
    shop(root)
    assert install(root) == 0
    unit = units / "warroom-shop.service"
    lines = unit.read_text().splitlines()
    start = next(line for line in lines if line.startswith("ExecStart="))
    assert shlex.split(start.removeprefix("ExecStart=")) == [
        sys.executable,
        "-P",
        "-m",
        "orchestrator.cli",
        "runner",
        "--project",
        str(root),
    ]
    assert "Restart=always" in lines
    assert "KillMode=process" in lines
    assert unit.stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr().out
    assert "systemctl --user daemon-reload" in said
    assert "systemctl --user enable --now warroom-shop.service" in said


def test_a_dry_run_prints_the_unit_and_writes_nothing(
    tmp_path: Path, units: Path, capsys: Said
) -> None:
    shop(tmp_path)
    assert install(tmp_path, "--dry-run") == 0
    said = capsys.readouterr()
    assert said.out.startswith("# warroom runner of ")
    assert said.err == f"would be {units / 'warroom-shop.service'}\n"
    assert not units.exists()


def test_nothing_of_the_environment_but_the_path_is_in_it(
    tmp_path: Path, units: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("API_TOKEN", "s3cret-of-somebody")
    monkeypatch.setenv("PATH", "/opt/my tools/bin:/usr/bin")
    assert install(tmp_path, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "s3cret" not in said
    assert 'Environment="PATH=/opt/my tools/bin:/usr/bin"' in said


def test_our_own_unit_is_written_again_and_a_foreign_one_never(
    tmp_path: Path, units: Path, capsys: Said
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for root in (one, other):
        root.mkdir()
        shop(root)
    assert install(one) == 0
    assert install(one) == 0
    before = (units / "warroom-shop.service").read_text()
    assert install(other) == 2
    assert f"belongs to {one}; give another --name" in capsys.readouterr().err
    assert (units / "warroom-shop.service").read_text() == before
    assert install(other, "--name", "second shop") == 0
    (units / "warroom-mine.service").write_text("[Unit]\n")
    assert install(one, "--name", "mine") == 2
    assert "is there and is not ours" in capsys.readouterr().err
    assert (units / "warroom-mine.service").read_text() == "[Unit]\n"


def test_what_systemd_would_expand_is_written_as_it_is() -> None:
    text = unit_text(Path('/srv/50% off/$HOME "x"'), "50% off", "/usr/bin/python3", "/bin")
    assert '"/srv/50%% off/$$HOME \\"x\\""' in text
    assert "Description=warroom runner of 50%% off" in text


def test_a_folder_that_is_not_there_and_a_path_that_cannot_stand_in_a_unit(
    tmp_path: Path, units: Path, capsys: Said
) -> None:
    assert install(tmp_path / "nowhere") == 2
    assert "no such folder" in capsys.readouterr().err
    odd = tmp_path / "a\nExecStartPre=evil"
    odd.mkdir()
    assert install(odd, "--name", "odd") == 2
    assert "control characters" in capsys.readouterr().err
    assert not units.exists()


@pytest.mark.parametrize(
    ("title", "name"), [("my shop", "my-shop"), ("../../x", "x"), ("ä", "project"), ("a/b", "a-b")]
)
def test_a_name_is_made_safe_for_a_file(title: str, name: str) -> None:
    assert slug(title) == name
