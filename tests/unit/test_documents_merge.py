"""Three texts, one result: nothing a person wrote is lost, and nothing is taken twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.documents.merge import BETWEEN, OURS, THEIRS, merge

BASE = "# Record\n\n- Status: OPEN\n- Severity: P1\n- Issue: errors\n\n## People\n\n- a.kim\n"

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "d", "# x", "- y"]), max_size=12)
MARKS = {OURS, BETWEEN, THEIRS}


@st.composite
def edited(draw: st.DrawFn, base: list[str]) -> list[str]:
    """A text as somebody leaves it: lines put in, taken out and changed, anywhere."""
    lines = list(base)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines)))
        gone = draw(st.integers(0, 2))
        lines[at : at + gone] = draw(st.lists(st.sampled_from("abcdXYZ"), max_size=3))
    return lines


@st.composite
def three(draw: st.DrawFn) -> tuple[str, str, str]:
    base = draw(LINES)
    ours, theirs = draw(edited(base)), draw(edited(base))
    return "\n".join(base), "\n".join(ours), "\n".join(theirs)


def test_what_only_the_record_changed_is_taken() -> None:
    theirs = BASE.replace("OPEN", "RESOLVED")
    assert merge(BASE, BASE, theirs).text == theirs


def test_what_only_a_person_changed_is_kept() -> None:
    ours = BASE.replace("errors", "errors at checkout")
    assert merge(BASE, ours, BASE).text == ours


def test_two_edits_and_a_new_render_come_together() -> None:
    ours = BASE.replace("- Issue: errors\n", "- Issue: errors\n- Seen by: support\n")
    ours += "\nA remark at the end.\n"
    found = merge(BASE, ours, BASE.replace("OPEN", "RESOLVED").replace("P1", "P0"))
    assert found.conflicts == 0
    for line in ("RESOLVED", "P0", "- Seen by: support", "A remark at the end."):
        assert line in found.text


def test_the_same_line_changed_in_two_ways_is_a_conflict_with_both() -> None:
    ours, theirs = BASE.replace("OPEN", "calm"), BASE.replace("OPEN", "RESOLVED")
    found = merge(BASE, ours, theirs)
    assert found.conflicts == 1
    assert f"{OURS}\n- Status: calm\n{BETWEEN}\n- Status: RESOLVED\n{THEIRS}" in found.text


def test_the_same_change_on_both_sides_is_taken_once() -> None:
    both = BASE.replace("OPEN", "RESOLVED")
    found = merge(BASE, both, both)
    assert (found.text, found.conflicts) == (both, 0)


def test_a_line_a_person_took_out_stays_out_of_a_later_render() -> None:
    ours = BASE.replace("- a.kim\n", "")
    found = merge(BASE, ours, BASE.replace("OPEN", "RESOLVED"))
    assert "a.kim" not in found.text
    assert found.conflicts == 0


def test_a_text_without_a_last_newline_keeps_being_one() -> None:
    assert merge("a\nb", "a\nb", "a\nc").text == "a\nc"


@given(three())
def test_every_line_a_person_added_is_in_the_result(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    added = Counter(ours.split("\n")) - Counter(base.split("\n"))
    assert not added - Counter(merge(base, ours, theirs).text.split("\n"))


@given(three())
def test_every_line_the_record_added_is_in_the_result(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    added = Counter(theirs.split("\n")) - Counter(base.split("\n"))
    assert not added - Counter(merge(base, ours, theirs).text.split("\n"))


@given(three())
def test_no_line_comes_from_nowhere(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    known = set(f"{ours}\n{theirs}\n{base}".split("\n")) | MARKS
    assert set(merge(base, ours, theirs).text.split("\n")) <= known


@given(three())
def test_one_side_unchanged_gives_the_other(texts: tuple[str, str, str]) -> None:
    base, ours, _ = texts
    assert merge(base, ours, base).text == ours
    assert merge(base, base, ours).text == ours
    assert merge(base, ours, ours).text == ours


@given(three())
def test_marks_stand_only_around_conflicts(texts: tuple[str, str, str]) -> None:
    found = merge(*texts)
    for mark in MARKS:
        assert found.text.split("\n").count(mark) == found.conflicts


@given(three())
def test_a_merge_that_took_both_sides_leaves_nothing_to_merge(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    found = merge(base, ours, theirs)
    if not found.conflicts:
        assert merge(theirs, found.text, theirs).text == found.text
