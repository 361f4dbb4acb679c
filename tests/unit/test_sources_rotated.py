"""A log that was rotated is read as one, and a huge one without holding it."""

import asyncio
import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.evidence.sources import files, logs, packed, rotated
from orchestrator.evidence.sources.logs import LogReading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.evidence.sources.timestamps import leading

T0 = 1_795_442_400


def lines(first: int, last: int, pad: str = "") -> str:
    return "".join(f"{T0 + n}.000 INFO request {n}{pad}\n" for n in range(first, last))


def put(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def family(root: Path) -> Path:
    """A log of 300 seconds: the last hundred current, the others rotated and packed."""
    put(root / "app.log.2.gz", lines(0, 100))
    put(root / "app.log.1", lines(100, 200))
    return put(root / "app.log", lines(200, 300))


def read(path: Path, **given: float | int | None) -> LogReading:
    return asyncio.run(logs.read(path, path.name, **given))  # type: ignore[arg-type]


def numbers(reading: LogReading) -> list[int]:
    return [int(record.message.split()[3]) for record in reading.records]


@pytest.mark.parametrize(
    ("second", "parts"),
    [
        (250, ("app.log",)),
        (200, ("app.log",)),
        (150, ("app.log.1", "app.log")),
        (50, ("app.log.2.gz", "app.log.1", "app.log")),
        (-9, ("app.log.2.gz", "app.log.1", "app.log")),
    ],
)
def test_a_time_range_reaches_back_as_far_as_it_must(
    tmp_path: Path, second: int, parts: tuple[str, ...]
) -> None:
    reading = read(family(tmp_path), since=T0 + second)
    assert numbers(reading) == list(range(max(0, second), 300))
    assert reading.parts == parts
    assert not reading.truncated


def test_the_last_lines_go_back_over_a_fresh_rotation(tmp_path: Path) -> None:
    log = family(tmp_path)
    assert numbers(read(log, lines=30)) == list(range(270, 300))
    assert numbers(read(log, lines=120)) == list(range(180, 300))
    reading = read(log, lines=250)
    assert numbers(reading) == list(range(50, 300))
    assert reading.truncated
    whole = read(log, lines=500)
    assert (numbers(whole), whole.truncated) == (list(range(300)), False)


def test_a_log_that_is_still_empty_after_rotation_is_what_it_was_before(tmp_path: Path) -> None:
    log = family(tmp_path)
    log.write_text("")
    assert numbers(read(log, since=T0 + 150)) == list(range(150, 200))
    assert numbers(read(log, lines=5)) == list(range(195, 200))
    log.unlink()
    assert numbers(read(log, since=T0 + 150)) == list(range(150, 200))


def test_citations_stay_lines_of_the_joined_content(tmp_path: Path) -> None:
    reading = read(family(tmp_path), since=T0 + 150)
    split = reading.content.split("\n")
    assert all(f"request {n}" in split[n - 150] for n in (150, 199, 200, 299))
    assert [record.line for record in reading.records[49:51]] == [50, 51]


def test_half_of_what_is_read_of_a_busy_log_follows_the_moment_that_matters(
    tmp_path: Path,
) -> None:
    log = family(tmp_path)
    size = len(lines(200, 201))
    reading = read(log, since=T0, about=T0 + 195, limit=20 * size)
    found = numbers(reading)
    assert reading.truncated
    assert found == list(range(found[0], found[-1] + 1))
    assert 8 <= 195 - found[0] <= 10
    assert 8 <= found[-1] - 195 <= 10
    # across the rotation at 200, where both halves come from different files
    assert reading.parts == ("app.log.1", "app.log")


def test_a_moment_within_a_small_log_costs_nothing(tmp_path: Path) -> None:
    reading = read(family(tmp_path), since=T0 + 90, about=T0 + 150)
    assert numbers(reading) == list(range(90, 300))
    assert not reading.truncated


def test_a_moment_in_a_packed_part_is_found(tmp_path: Path) -> None:
    reading = read(family(tmp_path), since=T0 + 10, about=T0 + 50, limit=10 * 30)
    assert numbers(reading)[0] < 50 < numbers(reading)[-1]
    assert reading.parts == ("app.log.2.gz",)


def test_a_damaged_part_is_noted_and_the_others_are_read(tmp_path: Path) -> None:
    log = family(tmp_path)
    whole = (tmp_path / "app.log.2.gz").read_bytes()
    (tmp_path / "app.log.2.gz").write_bytes(whole[: len(whole) // 2])
    reading = read(log, since=T0)
    assert numbers(reading)[-100:] == list(range(200, 300))
    assert reading.notes == ("app.log.2.gz: is cut off or damaged",)
    (tmp_path / "app.log.2.gz").write_text("no gzip at all")
    assert "not a gzipped file" in read(log, since=T0).notes[0]


def test_a_part_that_is_not_needed_is_not_unpacked(tmp_path: Path) -> None:
    put(tmp_path / "app.log.1.gz", lines(0, 20_000, " padding" * 8))
    whole = (tmp_path / "app.log.1.gz").read_bytes()
    # it begins well, and reading it to its end would leave a note
    (tmp_path / "app.log.1.gz").write_bytes(whole[:-1000])
    (tmp_path / "app.log.2.gz").write_text("no gzip at all")
    log = put(tmp_path / "app.log", lines(20_000, 21_000))
    assert read(log, since=T0).notes == ("app.log.1.gz: is cut off or damaged",)
    assert read(log, since=T0 + 20_500).notes == ()
    assert read(log, since=T0, about=T0 + 20_500, limit=9000).notes == ()
    assert read(log, lines=100).notes == ()


def test_a_bomb_is_unpacked_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 1 << 20)
    path = put(tmp_path / "app.log.1.gz", lines(0, 60_000))
    with pytest.raises(SourceError, match=r"more than 1 MB unpacked, left out"):
        packed.read_tail(path, 10, 1000)


def test_a_packed_part_answers_as_a_plain_one_does(tmp_path: Path) -> None:
    text = lines(0, 30_000, " padding of the line")
    plain, gz = put(tmp_path / "a.log", text), put(tmp_path / "a.log.1.gz", text)
    for limit in (500, 100_000, 10_000_000):
        for since in (T0 - 5, T0 + 15_000.5, T0 + 29_999, T0 + 99_999):
            following = files.read_from(plain, since, leading, limit)
            assert packed.read_from(gz, since, leading, limit) == following
            before = files.read_until(plain, T0 + 10, since, leading, limit)
            assert packed.read_until(gz, T0 + 10, since, leading, limit) == before
        assert packed.read_tail(gz, 7, limit) == files.read_tail(plain, 7, limit)


def test_names_of_rotated_files_are_told_from_other_logs(tmp_path: Path) -> None:
    mine = [
        "app.log.1",
        "app.log.2.gz",
        "app.log.10.gz",
        "app.log-20261123.gz",
        "app.log-20261122",
        "app-2026-11-21.log",
    ]
    others = ["app.log.bak", "app-2.log", "apple.log", "app.log.1.txt", "app.logs", "other.log.1"]
    for name in [*mine, *others, "app.log"]:
        (tmp_path / name).touch()
    assert [path.name for path in rotated.older(tmp_path / "app.log")] == mine
    found = {path.name for path in logs.find(tmp_path, ["*"])}
    assert found == {"app.log", *others}


def test_while_a_part_is_being_packed_it_is_read_once(tmp_path: Path) -> None:
    log = family(tmp_path)
    put(tmp_path / "app.log.1.gz", lines(100, 200))
    assert numbers(read(log, since=T0 + 150)) == list(range(150, 300))


@pytest.mark.slow
def test_a_huge_log_and_a_huge_packed_part_are_never_held(tmp_path: Path) -> None:
    """In a process of its own, whose memory may not grow by what the files hold."""
    with (tmp_path / "app.log").open("wb") as file:
        file.truncate(3 << 30)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + lines(40_000, 80_000).encode())
    with gzip.open(tmp_path / "app.log.1.gz", "wb", compresslevel=1) as part:
        for start in range(0, 40_000, 1000):
            part.write(lines(start, start + 1000, " " * 5000).encode())
    code = (
        "import asyncio, resource, sys\n"
        "from pathlib import Path\n"
        "from orchestrator.evidence.sources import logs, packed\n"
        "from orchestrator.evidence.sources.timestamps import leading\n"
        "root, t0 = Path(sys.argv[1]), int(sys.argv[2])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "log = root / 'app.log'\n"
        "found = asyncio.run(logs.read(log, 'app.log', since=t0 + 70_000.0, limit=1_000_000))\n"
        "assert found.records[0].at == t0 + 70_000, found.records[:1]\n"
        "tail = packed.read_until(root / 'app.log.1.gz', t0, t0 + 30_000, leading, 1_000_000)\n"
        "assert tail.truncated and len(tail.text) <= 1_000_000\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    argv = [sys.executable, "-c", code, str(tmp_path), str(T0)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100
