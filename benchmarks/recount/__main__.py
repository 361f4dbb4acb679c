"""`python -m benchmarks.recount FOLDER...`: hold each incident's review against its journal.

Exit 0 where every number and every statement is accounted for, 1 where one is not, 2 on wrong use.
"""

import sys
from collections import Counter
from pathlib import Path

from benchmarks.recount.lines import read
from benchmarks.recount.page import Page, Result

REVIEW = "post-incident-review.md"


def recount(journal: Path, review: Path) -> Result:
    return Page(read(journal)).check(review.read_text("utf-8"))


def main(arguments: list[str]) -> int:
    folders = [Path(argument) for argument in arguments]
    if not folders or not all((folder / REVIEW).exists() for folder in folders):
        print(
            "usage: python -m benchmarks.recount FOLDER...  (each with a review)", file=sys.stderr
        )
        return 2
    lines: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    wrong = 0
    for folder in folders:
        result = recount(folder / "journal.jsonl", folder / REVIEW)
        lines += result.lines
        numbers += result.numbers
        wrong += len(result.problems)
        for problem in result.problems:
            print(f"{folder.name}: {problem}")
    print(f"{len(folders)} reviews, {lines.total()} lines: {_told(lines)}")
    print(f"{numbers.total()} numbers: {_told(numbers)}; {wrong} differences")
    return 1 if wrong else 0


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
