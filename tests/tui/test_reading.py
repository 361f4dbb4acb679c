"""A document becomes rows: everything in it is readable, nothing in it can act."""

import pytest
from rich.cells import cell_len

from tui.markdown_rows import rows_of_document

DOCUMENT = """# Post-incident review: INC-1

Rolled back after nine minutes. [E5] Users hit: UNKNOWN.

## Facts

- **Severity**: P0
- a second one that is long enough to be wrapped onto another row
    - deeper

1. first
2. second

| Time | Event | Notes |
|---|---|---|
| 14:00:00 | incident detected | the alert fired and said that most requests fail now |
| 14:08:32 | approved | by a\\.kim |

> quoted words

```
git show b7e23c1
```
"""


def plain(text: str, width: int = 60) -> list[str]:
    return [row.plain for row in rows_of_document(text, width)]


def test_headings_lists_quotes_and_code_are_told_apart() -> None:
    rows = plain(DOCUMENT)
    assert rows[0] == "Post-incident review: INC-1"
    assert "• Severity: P0" in rows
    assert "  • deeper" in rows
    assert "1. first" in rows
    assert "2. second" in rows
    assert "  quoted words" in rows
    assert "│ git show b7e23c1" in rows


def test_a_wrapped_list_item_hangs_under_its_text() -> None:
    rows = plain(DOCUMENT, 40)
    at = rows.index("• a second one that is long enough to be")
    assert rows[at + 1] == "  wrapped onto another row"


def test_tables_keep_their_columns_and_break_no_short_word() -> None:
    rows = plain(DOCUMENT, 50)
    head = next(row for row in rows if row.startswith("Time"))
    first = next(row for row in rows if row.startswith("14:00:00"))
    assert head.index("Notes") == first.index("the alert")
    assert head.index("Event") == first.index("incident")
    assert any(row.rstrip().endswith("by a.kim") for row in rows)


def test_citations_and_gaps_are_marked_as_everywhere() -> None:
    runs = [run for row in rows_of_document(DOCUMENT, 60) for run in row.runs]
    assert ("E5", "accent") in runs
    assert ("UNKNOWN", "muted") in runs


@pytest.mark.parametrize("width", [2, 10, 33, 60, 200])
def test_no_row_is_wider_than_the_page(width: int) -> None:
    for row in plain(DOCUMENT, width):
        if width >= 33 or not row.startswith("  "):
            assert cell_len(row) <= max(width, 33), row


def test_hostile_documents_stay_text() -> None:
    hostile = "# \x1b]0;owned\x07Title\n\n<script>alert(1)</script>\n\n[x](javascript:evil) \x1b[2J"
    rows = plain(hostile)
    assert all(row.isprintable() for row in rows)
    assert any("<script>" in row for row in rows)


def test_escaped_signs_mean_themselves() -> None:
    assert plain(r"a \*\*not bold\*\* and \`no code\`") == ["a **not bold** and `no code`"]


def test_an_empty_document_is_no_rows() -> None:
    assert plain("") == []
