"""Log analysis: lines a second with redaction beside drain3 alone, and memory however long a log.

`python -m benchmarks.logs [FOLDER] [--gigabytes 5] [--analyze]` names the recordings, the length of
the log whose reading must leave memory flat, and whether a whole bundle of that length is analyzed.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

from benchmarks.figures import Figure, table
from benchmarks.recorded_logs import FOLDER, placeless, recorded, repeated
from orchestrator.evidence.analysis.grouping import ALIKE, DEPTH, MOST
from orchestrator.evidence.analysis.masking import LONGEST, MASKS
from orchestrator.evidence.analysis.mining import Miner
from orchestrator.evidence.analysis.stream import Stream
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.lines import lines

A_LINE = 40.0
"""Microseconds: 25,000 lines a second."""

DRAIN = 1.25
"""Times what drain3 takes for templates alone: 0.8 of its lines a second."""

GROWTH = 16.0
"""Megabytes by which a log of any length may leave the process larger than 100 MB of it did."""

RUNS, SOME = 5, 20_000
SMALL, GIGABYTE = 100_000_000, 1_000_000_000
WRITTEN_AT = 1.8e9


def logs() -> Iterator[Figure]:
    """All figures on the recordings beside the project, if there are any."""
    return measured(FOLDER, 1.0, whole=False)


def measured(folder: Path, gigabytes: float, whole: bool) -> Iterator[Figure]:
    mixed = recorded(folder)
    if not mixed:
        print(f"logs: not measured, because there are no recorded logs in {folder}; "
              "name a folder: python -m benchmarks.logs FOLDER", file=sys.stderr)  # fmt: skip
        return
    bare = placeless(mixed)
    yield from _speeds("logs, mixed", mixed[:SOME])
    yield from _speeds("logs without places", (bare * (1 + SOME // len(bare)))[:SOME])
    with tempfile.TemporaryDirectory(prefix="bench-logs-") as made:
        bundle = _written(Path(made), mixed, int(gigabytes * GIGABYTE))
        yield from _memory("logs", _mined, bundle, gigabytes)
        if whole:
            yield from _memory("analyze", _analyzed, bundle, gigabytes)


def _speeds(name: str, some: Sequence[str]) -> Iterator[Figure]:
    """Both read the same lines alternately; the fastest run of each counts.

    drain3 is spared reading: it is given the bare messages, cut as ours are before they are masked.
    """
    texts = [said.text[:LONGEST] for said in Stream(written_at=WRITTEN_AT).read(some)]
    ours, theirs = float("inf"), float("inf")
    for _ in range(RUNS):
        ours = min(ours, _seconds(lambda: mined(some)))
        theirs = min(theirs, _seconds(lambda: _drain(texts)))
    each, alone = ours / len(some) * 1e6, theirs / len(texts) * 1e6
    beside = f"{1e6 / each:,.0f} lines/s, redaction on, {sum(map(len, some)) // len(some)} bytes"
    yield Figure(f"{name}: a line", each, "us", A_LINE, beside)
    beside = f"drain3 alone {1e6 / alone:,.0f} lines/s: ours are {alone / each:.2f} of its"
    yield Figure(f"{name}: to drain3", each / alone, "x", DRAIN, beside)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def mined(some: Sequence[str]) -> Miner:
    """The whole way of a line: read, dated, redacted, masked, grouped, counted."""
    miner = Miner()
    for said in Stream("app", WRITTEN_AT).read(some):
        miner.add(*said)
    return miner


def _drain(texts: Sequence[str]) -> None:
    config = TemplateMinerConfig()
    config.drain_depth, config.drain_sim_th, config.drain_max_clusters = DEPTH, ALIKE, MOST
    config.masking_instructions = [
        MaskingInstruction(pattern.pattern, name.strip("<>")) for pattern, name in MASKS
    ]
    miner = TemplateMiner(config=config)
    for text in texts:
        miner.add_log_message(text)


def _written(folder: Path, mixed: Sequence[str], size: int) -> Path:
    """A bundle whose log is that long, with a change to judge, so that all of it is read."""
    with (folder / "logs.ndjson").open("w") as file:
        for line in repeated(mixed, size):
            file.write(f"{line}\n")
    head = {"id": "long", "ask": "change", "alert": {"at": "2023-01-30T12:00:00Z"}}
    (folder / "bundle.json").write_text(json.dumps(head))
    (folder / "changes.json").write_text(json.dumps({"commits": [], "deploys": []}))
    return folder


def _memory(
    name: str, work: Callable[[Path], tuple[float, float, float]], bundle: Path, gigabytes: float
) -> Iterator[Figure]:
    """In a process of its own, so that nothing else is in the figure."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        small, whole, seconds = pool.apply(work, (bundle,))
    beside = f"RSS {small:.0f} MB after 100 MB, {whole:.0f} MB after {gigabytes:g} GB, "
    beside += f"{seconds:.0f} s"
    yield Figure(f"{name}: memory", whole - small, "MB", GROWTH, beside)


def _mined(bundle: Path) -> tuple[float, float, float]:
    """Megabytes after the first 100 MB and at the end, and seconds."""
    begun, small = time.perf_counter(), 0.0
    miner, process = Miner(), psutil.Process()

    def counted() -> Iterator[str]:
        nonlocal small
        size = 0
        for line in lines(bundle / "logs.ndjson", {}):
            size += len(line) + 1
            if not small and size >= SMALL:
                small = process.memory_info().rss / 1e6
            yield line

    for said in Stream("app", WRITTEN_AT).read(counted()):
        miner.add(*said)
    return small, process.memory_info().rss / 1e6, time.perf_counter() - begun


def _analyzed(bundle: Path) -> tuple[float, float, float]:
    """The same of a whole analysis: first of the first 100 MB, then of all."""
    begun, process = time.perf_counter(), psutil.Process()
    with tempfile.TemporaryDirectory(prefix="bench-logs-") as made:
        part = Path(made)
        for name in ("bundle.json", "changes.json"):
            (part / name).write_bytes((bundle / name).read_bytes())
        with (bundle / "logs.ndjson").open("rb") as file:
            (part / "logs.ndjson").write_bytes(file.read(SMALL))
        analyze(part)
    small = process.memory_info().rss / 1e6
    analyze(bundle)
    return small, process.memory_info().rss / 1e6, time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logs", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--analyze", action="store_true")
    given = parser.parse_args()
    found = list(measured(given.folder, given.gigabytes, given.analyze))
    print(table(found))
    return 0 if found and all(one.holds for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
