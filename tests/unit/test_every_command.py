"""A command exists once: the desk, the flow, the console and the verbs know the same ones."""

from typing import get_args

from orchestrator.cli.decide import VERBS
from orchestrator.conductor.desk import Asked
from orchestrator.flow.commands import PEOPLE, RUNNER
from orchestrator.model.commands import HUMAN
from tui.commands import FORMS, IN_A_CARD

BY_KEY_ALONE = {"star", "undo"}
"""They need the chosen event, or the choice of a change."""

BY_VERB_ALONE = {"ticket"}
"""`warroom tickets` notes the address that a service elsewhere gave."""

NO_VERB = {"halt", "steer", "action", "ticket"}
"""`warroom stop` without an agent is the halt; an agent is steered from its pane; `warroom actions`
and `warroom tickets` are about many incidents or actions, and send these one by one."""


def test_the_flow_has_a_rule_for_every_command_a_person_may_use() -> None:
    assert set(PEOPLE) == set(HUMAN)
    assert not set(PEOPLE) & set(RUNNER)


def test_the_desk_lets_every_command_of_a_person_in() -> None:
    assert set(HUMAN) <= set(get_args(Asked.model_fields["cmd"].annotation))


def test_the_console_can_give_every_command() -> None:
    assert {*FORMS, *IN_A_CARD, *BY_KEY_ALONE, *BY_VERB_ALONE} == set(HUMAN)


def test_what_is_typed_into_the_console_is_what_the_desk_reads() -> None:
    assert {name for names, _ in FORMS.values() for name in names} <= set(Asked.model_fields)


def test_every_command_has_a_verb() -> None:
    assert set(VERBS) == set(HUMAN) - NO_VERB
