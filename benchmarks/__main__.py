"""`make bench`: every figure of this one run with its bound; exit code 1 when one does not hold.

All of it, or the parts named on the command line. Shared machines are noisy: most bounds are ratios
to something that ran beside it, and a single time means little.
"""

import argparse
import sys

from benchmarks.core import core
from benchmarks.figures import Bench, Figure, table
from benchmarks.first_frame import first_frame
from benchmarks.logs import logs
from benchmarks.many import many
from benchmarks.memory import memory
from benchmarks.models import models
from benchmarks.opening import opening
from benchmarks.seeking import seeking
from benchmarks.streaming import streaming

BENCHES: dict[str, Bench] = {
    "core": core,
    "first-frame": first_frame,
    "opening": opening,
    "seeking": seeking,
    "memory": memory,
    "streaming": streaming,
    "models": models,
    "many": many,
    "logs": logs,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"what to measure: {', '.join(BENCHES)}")
    wanted = parser.parse_args().part or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        parser.error(f"there is no {', '.join(unknown)}; there is {', '.join(BENCHES)}")
    found: list[Figure] = []
    for name in wanted:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found += BENCHES[name]()
    print(table(found))
    broken = [one.name for one in found if not one.holds]
    print(f"not held: {', '.join(broken)}" if broken else "every bound holds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
