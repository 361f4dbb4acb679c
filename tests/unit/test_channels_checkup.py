"""`warroom doctor` looks at every channel; it sends nothing and says no address."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from orchestrator.checkup.channels import check
from orchestrator.checkup.found import Found
from orchestrator.project import Project
from orchestrator.settings import Settings, SettingsError, load
from tests.unit.sinks import Taken, free_port, http, smtp, webhook


def checked(*channels: dict[str, Any], **more: Any) -> dict[str, Found]:
    settings = Settings.model_validate({"channels": channels, **more})
    return {one.about: one for one in asyncio.run(check(settings))}


def channel(name: str, url: str, *audiences: str) -> dict[str, Any]:
    return {"name": name, "url": url, "audiences": audiences or ("update",)}


def test_what_answers_is_well_and_got_nothing() -> None:
    mail, hook = Taken(), Taken()
    with smtp(mail) as port, http(webhook, hook) as web:
        found = checked(
            channel("mail", f"mailto://127.0.0.1:{port}?from=a@b.example&to=c@d.example"),
            channel("hook", f"http://127.0.0.1:{web}/in"),
            channel("chat", f"mmost://127.0.0.1:{web}/{'a' * 26}"),
            channel("slack", f"slack://T1JJ3T3L2/A1BRTD4JD/{'T' * 24}/"),
        )
    assert {found[f"channel {name}"].state for name in ("mail", "hook", "chat", "slack")} == {"ok"}
    assert "nothing was sent" in found["channel mail"].said
    assert "whether it answers shows" in found["channel slack"].said
    assert not mail.messages
    assert not hook.requests


def test_what_is_wrong_is_told_with_how_to_mend_it_and_without_its_secret() -> None:
    found = checked(
        channel("dead", f"ntfy://127.0.0.1:{free_port()}/topic"),
        channel("unset", "NO_SUCH_CHANNEL"),
        channel("odd", "nothing-apprise-knows://user:hush@host"),
    )
    assert {one.state for about, one in found.items() if about != "channels"} == {"bad"}
    assert "NO_SUCH_CHANNEL is not set" in found["channel unset"].said
    assert all(one.mend for one in found.values())
    assert not any("hush" in one.said for one in found.values())


def test_whom_no_channel_reaches_is_said() -> None:
    found = checked(status_page={"url": f"http://127.0.0.1:{free_port()}/"})
    assert "no channel for management, executive, update, resolution" in found["channels"].said
    assert checked() == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('url = "hush-hush"\naudiences = ["update"]', "must be an address such as mailto://"),
        ('url = "HOOK"\naudiences = ["update", "status-page"]', "status-page is public"),
        ('url = "HOOK"\naudiences = []', "at least 1 item"),
        ('url = "HOOK"\naudiences = ["friends"]', "[[channels]] audiences"),
    ],
)
def test_settings_say_what_is_wrong_and_never_the_address(
    tmp_path: Path, body: str, words: str
) -> None:
    (tmp_path / "warroom.toml").write_text(f'[[channels]]\nname = "one"\n{body}\n')
    with pytest.raises(SettingsError) as error:
        load(Project(tmp_path))
    assert words in str(error.value)
    assert "hush" not in str(error.value)


def test_two_channels_of_one_name_and_the_page_s_own_name_are_refused(tmp_path: Path) -> None:
    one = '[[channels]]\nname = "{}"\nurl = "HOOK"\naudiences = ["update"]\n'
    for names, words in ((("a", "a"), "is there twice"), (("status-page",), "[status_page]'s own")):
        (tmp_path / "warroom.toml").write_text("".join(one.format(name) for name in names))
        with pytest.raises(SettingsError, match=words.replace("[", r"\[").replace("]", r"\]")):
            load(Project(tmp_path))


def test_the_environment_is_read_when_a_message_goes_out_and_not_before() -> None:
    assert "HOOK" not in os.environ
    Settings.model_validate({"channels": [channel("one", "HOOK")]})
