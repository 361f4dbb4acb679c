"""The README's pictures are the real screens, the same each time, and name no host."""

import re
from pathlib import Path

import pytest

from benchmarks.screenshots import PICTURES, draw, hostless
from orchestrator.project import IncidentFolder
from tests.unit.incident_story import story, write_incident

DRAWN = Path(__file__).parents[2] / "screenshots"
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told") / ".aiwg" / "incidents", story())


def words(svg: str) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)).replace("&#160;", " ")


@pytest.mark.parametrize("picture", PICTURES[::4], ids=lambda picture: picture.name)
async def test_a_picture_is_the_same_each_time(folder: IncidentFolder, picture) -> None:  # type: ignore[no-untyped-def]
    first = await draw(picture, folder)
    assert await draw(picture, folder) == first
    assert "INC-2031" in words(first)


def test_an_export_loses_its_addresses_and_keeps_its_text() -> None:
    export = (
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- Generated https://x.example --><style>'
        '@font-face { src: url("https://x.example/a.woff2"); }\n.m { font-family: Fira Code; }'
        "</style><text>kept</text></svg>"
    )
    drawn = hostless(export)
    assert "example" not in drawn
    assert "<text>kept</text>" in drawn


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_no_picture_in_the_tree_names_a_host(picture) -> None:  # type: ignore[no-untyped-def]
    svg = (DRAWN / f"{picture.name}.svg").read_text()
    assert "//" not in svg.replace(NAMESPACE, "")
    assert "@font-face" not in svg
