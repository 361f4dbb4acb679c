"""A sentence on the command line, read by a model behind a real runner, opens what was shown."""

import json
from pathlib import Path

import pytest

from tests.e2e.runners import end, until, warroom
from tests.model_server.beside import serving
from tests.model_server.reply import Reply
from tests.model_server.scripted import drill
from tests.model_server.wire import Answer, Body
from tests.unit.rooms import shop

KEY = "sk-ant-api03-planted-for-this-test-0123456789abcdef"
READING = {
    "title": "nobody gets a receipt",
    "severity": "P1",
    "service": "orders",
    "since": "",
    "guidance": "",
    "themes": [{"theme": "compliance", "words": ["tax office"]}],
}


def script(body: Body, number: int) -> "Answer":
    """The words read as above, and every task of a role worked on as in a drill."""
    if "task: intake/words" in body["messages"][0]["content"][0]["text"]:
        return Reply.says(json.dumps(READING))
    reply = drill()(body, number)
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_sentence_is_read_by_the_model_shown_and_opened_as_it_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with serving(script) as server:
        project, _ = shop(tmp_path)
        with (tmp_path / "warroom.toml").open("a") as settings:
            settings.write(f'[model]\nbase_url = "{server.url}"\n')
        sentence = "receipts are gone, the tax office calls"
        try:
            done = warroom(sentence, "--json", "--project", str(tmp_path))
            assert done.code == 0, done.err
            incident = json.loads(done.out)["incident"]
            state = until(project, incident, lambda state: state.title)
        finally:
            end(project, 9)
    said = done.err.splitlines()
    assert said[:2] == ["Understood:", "  what       nobody gets a receipt"]
    assert said[-1].startswith("  read by    claude-haiku-5-5, $0.0")
    assert (state.title, state.symptoms) == (READING["title"], sentence)
    assert [theme["name"] for theme in state.asked_themes] == ["compliance"]
    for path in tmp_path.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert KEY.encode() not in path.read_bytes(), path
