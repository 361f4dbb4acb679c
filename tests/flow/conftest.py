"""Whatever a test of the flow plays, both computations of the quality gates agree at its end."""

from collections.abc import Iterator

import pytest

from tests.flow.both_gates import assert_gates_agree
from tests.flow.simulate import War


@pytest.fixture(autouse=True)
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
            assert_gates_agree(war)
