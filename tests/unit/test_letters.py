"""The words that go out of a document: what a reader outside is told, and no more."""

import pytest

from orchestrator.comms.letter import LIMIT, Letter, decoded, letter
from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all
from orchestrator.model.messages import (
    EXECUTIVE,
    MANAGEMENT,
    NOTICE,
    STATUS_PAGE,
    audience_of,
    update_number,
    update_path,
)
from orchestrator.model.state import State
from tests.unit.incident_delivery import then
from tests.unit.incident_story import WAITING, leak_story, story


def written(path: str) -> str:
    events = story()
    return render(path, fold_all(State(), events), events)


def test_the_public_gets_the_words_to_publish_and_nothing_else() -> None:
    found = letter(written(STATUS_PAGE))
    assert found.public.splitlines()[0] == "Monitoring"
    assert "Users may notice: pages of their orders do not open." in found.public
    assert found.internal == ""
    assert found.body(public=True) == found.body(public=False) == found.public


def test_the_notice_has_one_part_for_everybody_and_one_for_those_inside() -> None:
    found = letter(written(NOTICE))
    assert "The issue affecting orders has been resolved." in found.public
    assert "9c41d7e" not in found.public
    assert "Brought about by: roll orders back to 4d81f0a" in found.internal
    assert "We apologize" not in found.internal
    assert found.subject == "[RESOLVED] INC-2031 - orders answers 5xx"


@pytest.mark.parametrize("path", [MANAGEMENT, EXECUTIVE])
def test_a_text_for_leaders_is_plain_words_with_its_subject(path: str) -> None:
    found = letter(written(path))
    assert found.public == ""
    assert "orders answers 5xx - RESOLVED" in found.subject
    for foreign in ("**", "\\[", "[E1]", "Open questions", "Not required", "Subject:"):
        assert foreign not in found.internal, foreign
    assert "Incident commander: a.kim" in found.internal


def test_a_drill_says_so_to_whoever_reads_it() -> None:
    drill = "> A drill: this incident was provoked on purpose.\n\n"
    page = written(STATUS_PAGE).replace("## Text to publish", drill + "## Text to publish")
    found = letter(page)
    assert found.public.startswith("A drill: this incident was provoked on purpose.")
    assert found.internal == ""


def test_secrets_stay_here_and_long_texts_end() -> None:
    token = "ghp_" + "a1B2" * 9
    found = letter(f"# Update 1: INC-1\n\n- **Status**: use {token}\n" + "word " * 3000)
    assert token not in found.internal
    assert len(found.internal) <= LIMIT
    assert found.internal.endswith("(shortened: the rest is in the war room)")


def test_the_hash_names_the_words_and_survives_being_kept() -> None:
    found = letter(written(NOTICE))
    assert decoded(found.encoded) == found
    assert found.sha256 != Letter(found.subject, found.public, found.internal + ".").sha256
    again = letter(written(NOTICE) + "\n## Open questions\n\n- **More**: What?\n")
    assert again.sha256 == found.sha256  # what nobody outside reads changes nothing


def test_paths_tell_whom_a_text_is_for() -> None:
    assert (update_number(update_path(7)), audience_of(update_path(7))) == (7, "update")
    assert audience_of(NOTICE) == "resolution"
    assert audience_of("post-incident-review.md") == ""


# --- the periodic update as a document ------------------------------------------------------------


def test_an_update_tells_conditions_actions_and_needs() -> None:
    path = update_path(1)
    events = then(leak_story(WAITING), ev.MessageDrafted(path))
    text = render(path, fold_all(State(), events), events)
    assert text.startswith("# Update 1: INC-2031")
    conditions, actions, needs = (
        text.split(f"## {name}")[1] for name in ("Conditions", "Actions", "Needs")
    )
    assert "**Status**: INVESTIGATING" in conditions
    assert "**Share of requests failing at triage**: 84.0 %" in conditions
    assert "P0 assigned" in actions.split("## Needs")[0]
    assert "- a decision: roll orders back to 4d81f0a" in needs
    assert "**Next update**: 2025-11-23T14:" in needs


def test_the_second_update_tells_only_what_was_done_since_the_first() -> None:
    first, second = update_path(1), update_path(2)
    events = then(
        leak_story(WAITING),
        ev.MessageDrafted(first),
        ev.MessageSent(first, "mail", "a.kim"),
        ev.StatusChanged("MITIGATING", "the rollback runs"),
        ev.MessageDrafted(second),
    )
    text = render(second, fold_all(State(), events), events)
    actions = text.split("## Actions")[1].split("## Needs")[0]
    assert "status MITIGATING" in actions
    assert "P0 assigned" not in actions


def test_a_text_that_was_sent_off_stays_as_it_was_then() -> None:
    path = update_path(1)
    drafted = then(leak_story(WAITING), ev.MessageDrafted(path))
    asked = ev.SendRequested(path, 1, "a" * 64, ("mail",), "a.kim")
    going = then(drafted, asked, ev.StatusChanged("MITIGATING", "it runs"))
    on_its_way = render(path, fold_all(State(), going), going)
    assert "> **On its way**" in on_its_way
    assert "status MITIGATING" not in on_its_way
    gone = then(
        going, ev.MessageSent(path, "mail", "a.kim"), ev.SeveritySet("P1", "a.kim", "better")
    )
    sent = render(path, fold_all(State(), gone), gone)
    assert "> **Sent**: " in sent
    assert "by a.kim to mail" in sent
    assert "status MITIGATING" not in sent
    assert "**Severity**: P0" in sent
