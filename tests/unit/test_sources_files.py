"""Logs and deploy logs as files: read from the end, joined, and never fatal."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.evidence.sources import deploys, logs
from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import Hanging, SourceError, within
from orchestrator.evidence.sources.timestamps import leading, value

TRACE = """\
{"ts": "2026-11-23T14:00:01Z", "level": "error", "message": "GET /x failed", "status": 500}
Traceback (most recent call last):
  File "/srv/app/web.py", line 12, in handle
    return view(request)
  File "/srv/app/db.py", line 40, in query
    raise PoolTimeout("no connection within 0.5 s")
app.db.PoolTimeout: no connection within 0.5 s
{"ts": "2026-11-23T14:00:02Z", "level": "info", "message": "GET /y ok", "status": 200}
"""


def test_a_traceback_belongs_to_the_record_before_it() -> None:
    failed, fine = logs.parse(TRACE)
    assert failed.bad
    assert (failed.line, fine.line) == (1, 8)
    assert [(f.file, f.line, f.function) for f in failed.frames] == [
        ("/srv/app/web.py", 12, "handle"),
        ("/srv/app/db.py", 40, "query"),
    ]
    assert (failed.error, failed.error_text) == ("PoolTimeout", "no connection within 0.5 s")
    assert failed.at == 1_795_442_401.0
    assert not fine.bad


def test_a_traceback_inside_a_json_field_is_read_the_same_way() -> None:
    lines = TRACE.split("\n")
    record = {"time": 1_795_442_401, "severity": "ERROR", "exc_info": "\n".join(lines[1:7])}
    (one,) = logs.parse(json.dumps(record))
    assert one.error == "PoolTimeout"
    assert one.frames[-1].function == "query"


def test_plain_lines_carry_their_time_and_level() -> None:
    text = "2026-11-23 14:00:01,250 WARN pool is low\n  and a second line\n2026-11-23 14:00:02 ok\n"
    low, fine = logs.parse(text)
    assert (low.at, low.level) == (1_795_442_401.25, "WARNING")
    assert fine.line == 3


def test_a_log_that_starts_inside_a_traceback_keeps_it() -> None:
    (first, *_) = logs.parse("\n".join(TRACE.split("\n")[4:]))
    assert first.error == "PoolTimeout"


def test_broken_json_is_text_of_the_record_before() -> None:
    assert len(logs.parse(TRACE + '{"ts": "2026-11-2\n[1, 2]\n')) == 2


def test_the_last_lines_of_a_huge_file_are_read_without_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    with path.open("wb") as file:
        file.truncate(3 * 1024**3)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + b"".join(b"line %d\n" % n for n in range(30_000)))
    tail = read_tail(path, lines=500)
    assert tail.truncated
    assert tail.text.splitlines() == [f"line {n}" for n in range(29_500, 30_000)]


def test_a_moment_in_a_huge_log_is_found_without_reading_up_to_it(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    with path.open("w") as file:
        for second in range(80_000):
            file.write(f"{1_795_442_400 + second}.000 INFO request {second}\n")
            if second % 7 == 0:
                file.write("  Traceback line without a time\n" * 5)
    at = 1_795_442_400 + 70_001
    reading = asyncio.run(logs.read(path, "big.log", since=float(at), limit=100_000))
    assert reading.records[0].at == at
    assert len(reading.content) <= 100_000
    assert reading.truncated
    later = asyncio.run(logs.read(path, "big.log", since=at + 1e6))
    assert (later.records, later.truncated) == ((), False)


def test_a_file_without_a_last_line_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("one\ntwo")
    assert read_tail(path, lines=5).text == "one\ntwo"
    assert read_tail(path, lines=1) == read_tail(path, limit=4)


def test_a_range_of_time_starts_at_its_first_record(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(f"2026-11-23T14:{m:02d}:00Z INFO minute {m}\n" for m in range(60)))
    at = leading("2026-11-23T14:50:00Z")
    reading = asyncio.run(logs.read(path, "a.log", since=at))
    assert reading.records[0].message.endswith("minute 50")
    assert len(reading.records) == 10
    assert not reading.truncated


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: None, "x.log: no such file or directory"),
        (lambda path: path.mkdir(), "x.log: is no plain file"),
        (lambda path: os.mkfifo(path), "x.log: is no plain file"),
        (lambda path: path.write_bytes(b"\x00\x01\xff" * 99), "x.log: is binary, not a text log"),
        (lambda path: path.write_bytes(bytes(range(128, 256)) * 9), "x.log: is binary, not a"),
    ],
)
def test_what_cannot_be_read_as_a_log_is_one_clear_sentence(
    tmp_path: Path,
    make: Callable[[Path], object],
    expected: str,
) -> None:
    make(tmp_path / "x.log")
    with pytest.raises(SourceError) as caught:
        asyncio.run(logs.read(tmp_path / "x.log", "x.log"))
    assert str(caught.value).startswith(expected)


def test_an_empty_log_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "x.log").touch()
    assert asyncio.run(logs.read(tmp_path / "x.log", "x.log")).records == ()


def test_patterns_find_logs_newest_first(tmp_path: Path) -> None:
    for number, name in enumerate(("a.log", "b.log")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (number, number))
    found = [path.name for path in logs.find(tmp_path, ["*.log"])]
    assert found == ["b.log", "a.log"]
    # one that is named and not there is found, so that reading it says so
    assert [path.name for path in logs.find(tmp_path, ["gone.txt"])] == ["gone.txt"]


def test_a_source_that_hangs_is_cut_and_says_so() -> None:
    import threading

    never = threading.Event()
    with pytest.raises(Hanging, match=r"^slow disk: no answer in 0\.05 s, cut$"):
        asyncio.run(within(0.05, "slow disk", never.wait))
    never.set()


def test_an_error_in_a_source_reaches_the_caller() -> None:
    def fail() -> None:
        raise SourceError("no")

    with pytest.raises(SourceError, match=r"^no$"):
        asyncio.run(within(1.0, "x", fail))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T14:00:01.5Z x", 1_795_442_401.5),
        ("2026-11-23 14:00:01,500 x", 1_795_442_401.5),
        ("[2026-11-23T16:00:01+02:00] x", 1_795_442_401.0),
        ("2026/11/23 14:00:01 x", 1_795_442_401.0),
        ('127.0.0.1 - - [23/Nov/2026:15:00:01 +0100] "GET /"', 1_795_442_401.0),
        ("1795442401.250 x", 1_795_442_401.25),
        ("hello", None),
        ("2026-99-99T14:00:01Z", None),
    ],
)
def test_the_usual_formats_of_time_are_understood(text: str, expected: float | None) -> None:
    assert leading(text) == expected


def test_epoch_numbers_may_count_milliseconds_or_finer() -> None:
    assert value(1_795_442_401) == value(1_795_442_401_000) == value(1_795_442_401_000_000_000)
    assert value(True) is None


def test_a_deploy_log_may_use_the_other_usual_names() -> None:
    line = {"ts": "2026-11-23T14:00:00Z", "service": "a", "sha": "2", "prev": "1", "status": "ok"}
    again = line | {"prev": "2"}
    failed = line | {"sha": "3", "status": "failed"}
    log = deploys.parse("\n".join(map(json.dumps, [line, again, failed])))
    assert [(d.version, d.previous) for d in log.of("a")] == [("2", "1")]


def test_deploys_are_read_in_order_of_time_and_bad_lines_counted() -> None:
    lines = [
        {"at": "2026-11-23T14:00:00Z", "service": "a", "version": "2", "previous": "1", "by": "ci"},
        {"at": "2026-11-23T13:00:00Z", "service": "a", "version": "1", "previous": None},
        {"at": "2026-11-23T14:30:00Z", "service": "a", "version": "3", "ok": False},
        {"at": "2026-11-23T14:10:00Z", "service": "b", "version": "9"},
    ]
    text = "\n".join([*map(json.dumps, lines), "{torn", '{"at": "soon", "service": "a"}'])
    log = deploys.parse(text)
    assert [deploy.version for deploy in log.of("a")] == ["1", "2"]
    assert log.malformed == 2
    assert log.of("a")[1].line == 1
    at = leading("2026-11-23T13:30:00Z")
    assert at is not None
    live = log.live_at("a", at)
    assert live is not None
    assert live.version == "1"
    assert log.live_at("a", at - 7200) is None
