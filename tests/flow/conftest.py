"""At the end of whatever a test plays, both computations of the quality gates agree."""

from collections.abc import Iterator

import pytest

from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.flow.both_gates import assert_agree
from tests.flow.simulate import War


@pytest.fixture
def both_computations_of_the_gates_agree(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    played: list[War] = []
    begin = War.__post_init__

    def noted(war: War) -> None:
        begin(war)
        played.append(war)

    monkeypatch.setattr(War, "__post_init__", noted)
    yield
    for war in played:
        if war.journal:
            assert_agree(fold_all(State(), war.journal), war.journal)
