"""A seed decides everything about a drill, and different seeds decide differently."""

import re
from collections import Counter

import pytest

from orchestrator.drills.edit import Change, Edit, Misfit, apply, disjoint
from orchestrator.drills.leaks import LEAKS
from orchestrator.drills.plan import Plan, make_plan
from orchestrator.drills.scenarios import SCENARIOS, DrillError

GIVEAWAYS = re.compile(r"leak|exhaust|forg[eo]t|never (closed|released)|bug|broke", re.IGNORECASE)


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [make_plan(name, seed) for name in SCENARIOS for seed in range(40)]


def test_the_same_seed_makes_the_same_drill() -> None:
    assert make_plan("leak", 7) == make_plan("leak", 7)


def test_an_unknown_scenario_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DrillError, match=r"'quake'; use one of: leak, slow-query, edge-config, "):
        make_plan("quake", 1)


def test_a_leak_is_one_guilty_commit_a_slow_query_two_and_a_harmless_release_has_none(
    plans: list[Plan],
) -> None:
    for plan in plans:
        guilty = {commit.change.name for commit in plan.commits if commit.guilty}
        wanted = {plan.leak.shape} if plan.leak else set()
        assert guilty == ({plan.slow.shape, "pool-cut"} if plan.slow else wanted)
        assert bool(guilty) == bool(plan.scenario.release)


def test_a_release_has_six_to_twelve_commits_of_different_kinds(plans: list[Plan]) -> None:
    for plan in plans:
        names = [commit.change.name for commit in plan.commits]
        assert 6 <= len(names) <= 12
        assert len(set(names)) == len(names)


def test_every_commit_changes_something_and_leaves_code_that_compiles(plans: list[Plan]) -> None:
    for plan in plans:
        tree = dict(plan.base)
        for commit in plan.commits:
            after = apply(tree, commit.change)
            changed = [path for path in after if tree.get(path) != after[path]]
            assert changed, commit.message
            for path in changed:
                if path.endswith(".py"):
                    compile(after[path], path, "exec")
            tree = after


def test_no_placeholder_is_left_in_any_file(plans: list[Plan]) -> None:
    for plan in plans:
        tree = dict(plan.base)
        for commit in plan.commits:
            tree = apply(tree, commit.change)
        assert not [path for path, text in tree.items() if "$" in text]


def test_no_guilty_message_gives_the_leak_away(plans: list[Plan]) -> None:
    for plan in plans:
        for commit in plan.commits:
            assert not (commit.guilty and GIVEAWAYS.search(commit.message)), commit.message


def test_frightening_decoys_ride_along_with_every_release(plans: list[Plan]) -> None:
    for plan in plans:
        pool = f"{plan.words.package}/{plan.words.pool['pool_module']}.py"
        settings = f"{plan.words.package}/settings.py"
        touched = {e.path for c in plan.commits if not c.guilty for e in c.change.edits}
        assert touched & {pool, settings}


def test_seeds_vary_what_is_wrong_and_what_it_is_called(plans: list[Plan]) -> None:
    leaks = [plan for plan in plans if plan.leak is not None and plan.culprit is not None]
    assert {plan.leak.shape for plan in leaks if plan.leak} == {leak.shape for leak in LEAKS}
    assert len({plan.service for plan in leaks}) >= 8
    assert len({plan.culprit.items for plan in leaks if plan.culprit}) >= 8
    assert len({plan.words.pool["acquire"] for plan in leaks}) >= 4
    assert len({len(plan.commits) for plan in leaks}) >= 5
    places = Counter([c.guilty for c in plan.commits].index(True) for plan in leaks)
    assert len(places) >= 6
    assert max(places.values()) < len(leaks) / 2


def test_an_edit_that_does_not_belong_is_named() -> None:
    change = Change("x", ("m",), (Edit("a.py", "nowhere", "there"),))
    with pytest.raises(Misfit, match=r"x: a\.py holds 0 × 'nowhere'"):
        apply({"a.py": "text\n"}, change)


def test_changes_to_the_same_lines_are_not_disjoint() -> None:
    tree = {"a.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"}
    first = Change("first", (), (Edit("a.py", "two\n", "2\n"),))
    near = Change("near", (), (Edit("a.py", "three\n", "3\n"),))
    far = Change("far", (), (Edit("a.py", "seven\n", "7\n"),))
    assert not disjoint(tree, [first, near])
    assert disjoint(tree, [first, far])
