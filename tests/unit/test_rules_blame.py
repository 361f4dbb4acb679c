"""Which change is blamed, which adds to it, and what something outside takes off all of them."""

from types import SimpleNamespace

import pytest

from orchestrator.agents.rules.blame import blamed, cleared_by, contributing
from orchestrator.agents.rules.board import board_of, outweighed, ranked_otherwise
from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.evidence.analysis.changes import Candidate, Suspicion, rank
from orchestrator.evidence.analysis.external import Drain
from orchestrator.evidence.analysis.outside.cause import Cause, Said, Sign
from orchestrator.model.reports.tiers import Hypothesis
from tests.unit.test_analysis_changes import DOCS, KNOWN, LEAK, LIMIT, symptoms, versions
from tests.unit.test_analysis_limits import EACH, ONE

CUT = versions("settings.py", "POOL_SIZE = 8\n", "POOL_SIZE = 2\n")
WORK = versions("orders.py", ONE, EACH)
SHORT = versions("settings.py", "RATES_TIMEOUT = 5.0\n", "RATES_TIMEOUT = 0.05\n")
T = 1010.0


def ranked(*given: tuple[str, object]) -> list[Suspicion]:
    candidates = [
        Candidate(sha, f"subject of {sha}", 900.0, 1000.0, "", (file,))  # type: ignore[arg-type]
        for sha, file in given
    ]
    return rank(candidates, symptoms(), KNOWN)


def outside(*, independent: bool = True) -> Cause:
    return Cause(
        kind="dependency",
        part="rates",
        score=0.9,
        text="rates fails",
        signs=(Sign("rates answers nobody", "E1:1"),),
        refuted_by="it answers",
        explains=True,
        independent=independent,
        words=frozenset({"rates"}),
        covers=("E1:1",),
    )


def found(suspects: list[Suspicion], cause: Cause | None = None, *extra: Said) -> Findings:
    naming = Said("rates: Connection refused", 10, (T,), "E1:1")
    return Findings(suspects=suspects, outside=cause, said=[naming, *extra])


def test_two_changes_that_reinforce_each_other_are_both_named() -> None:
    suspects = ranked(("w", WORK), ("c", CUT), ("d", DOCS), ("l", LIMIT))
    both = found(suspects)
    first, second = blamed(both), contributing(both)
    assert first is not None
    assert second is not None
    assert {first.candidate.sha, second.candidate.sha} == {"w", "c"}


def test_a_leak_among_small_changes_has_nobody_beside_it() -> None:
    alone = found(ranked(("x", LEAK), ("d", DOCS), ("l", LIMIT)))
    assert blamed(alone) is not None
    assert contributing(alone) is None


def test_a_pool_that_was_cut_does_not_share_the_blame_for_a_leak() -> None:
    assert contributing(found(ranked(("x", LEAK), ("d", DOCS)))) is None


def test_what_is_seen_down_clears_even_a_change_that_speaks_of_it() -> None:
    cleared = found(ranked(("s", SHORT), ("d", DOCS)), outside())
    assert blamed(cleared) is None
    assert cleared_by(cleared) is not None


def test_a_timeout_that_was_cut_is_blamed_while_nobody_sees_the_other_side_down() -> None:
    guilty = found(ranked(("s", SHORT), ("d", DOCS)), outside(independent=False))
    top = blamed(guilty)
    assert top is not None
    assert top.candidate.sha == "s"


def test_a_change_that_keeps_what_ran_out_is_blamed_beside_a_dependency_that_is_down() -> None:
    both = found(ranked(("x", LEAK), ("d", DOCS)), outside())
    both.drain = Drain(0.1, 1.0, T)
    assert blamed(both) is not None


def test_errors_that_the_other_cause_leaves_over_keep_a_change_under_suspicion() -> None:
    more = Said("TypeError: basket is None", 10, (T,), "E1:9")
    assert blamed(found(ranked(("x", LEAK), ("d", DOCS)), outside(), more)) is not None
    assert blamed(found(ranked(("x", LEAK), ("d", DOCS)), outside())) is None


def test_a_harmless_change_is_never_blamed() -> None:
    assert blamed(found(ranked(("d", DOCS), ("l", LIMIT)))) is None


def test_a_ranking_that_names_the_second_of_two_guilty_changes_agrees() -> None:
    both = found(ranked(("w", WORK), ("c", CUT), ("d", DOCS)))
    second = contributing(both)
    assert second is not None
    rival = SimpleNamespace(name=second.candidate.sha, confidence=0.97, evidence=())
    analysis = SimpleNamespace(culprit=rival.name, changes=(rival,), evidence={})
    both.opinion = SimpleNamespace(analysis=analysis)  # type: ignore[assignment]
    assert not outweighed(both)
    assert ranked_otherwise(both) == []


def test_a_ranked_change_is_held_against_what_explains_the_trouble_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guess = Hypothesis(
        id="",
        statement="a late change brought it",
        supporting=(claim("It was near.", "E2:1"),),
        refuting=(),
        test="roll back",
        status="supported",
        culprit="late",
        confidence=0.8,
    )
    monkeypatch.setattr("orchestrator.agents.rules.board.suspected", lambda _: [guess])
    suspects = ranked(("s", SHORT), ("d", DOCS))
    nothing = SimpleNamespace(analysis=SimpleNamespace(culprit=None, changes=[]))

    def told(cause: Cause | None) -> Hypothesis:
        known = found(suspects, cause)
        known.opinion = nothing  # type: ignore[assignment]
        return next(one for one in board_of(known, []) if one.statement == guess.statement)

    assert (told(None).status, told(None).culprit) == ("supported", "late")
    held = told(outside())
    assert (held.status, held.culprit, held.confidence) == ("refuted", "late", 0.1)
    assert held.refuting[0].evidence == ("E1:1",)
    assert held.supporting == guess.supporting
