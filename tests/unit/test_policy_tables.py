"""The policy file beyond numbers: read, journalled with the incident, and wrong in one line."""

from pathlib import Path

import pytest

from orchestrator.model.business_hours import BusinessHours
from orchestrator.model.codec import decode, encode
from orchestrator.model.policy import GDPR, Policy, Regulation
from orchestrator.settings import Settings, SettingsError, policy


def of(root: Path, text: str) -> Policy:
    (root / "policy.toml").write_text(text)
    return policy(Settings.model_validate({"policy": {"path": "policy.toml"}}), root)


def test_business_hours_and_laws_are_read(tmp_path: Path) -> None:
    read = of(
        tmp_path,
        """
[business]
zone = "Europe/Berlin"
holidays = ["2026-12-25"]
severities = ["P3"]
[[regulatory]]
name = "GDPR"
hours = 72
[[regulatory]]
name = "HIPAA"
days = 60
themes = ["data-loss"]
[table.P0]
confirm = 120.0
""",
    )
    assert read.business == BusinessHours(
        zone="Europe/Berlin", holidays=("2026-12-25",), severities=("P3",)
    )
    assert read.regulatory == (GDPR, Regulation("HIPAA", 60 * 86400.0, ("data-loss",)))
    assert read.table["P0"].confirm == 120.0
    assert decode(Policy, encode(read)) == read


def test_a_policy_of_an_earlier_release_has_no_lapsing_and_the_built_in_law() -> None:
    earlier = encode(Policy())
    for name in ("business", "regulatory", "at_risk"):
        del earlier[name]
    for row in earlier["table"].values():
        del row["confirm"]
    read = decode(Policy, earlier)
    assert read.business is None
    assert read.regulatory == (GDPR,)
    assert read.table["P0"].confirm is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[business]\nzone = "Mars/Base"', "policy.toml line 2: [business] zone: is no zone"),
        ('[business]\nopens = "25:00"', "policy.toml line 2: [business] opens:"),
        ('[business]\nopens = "18:00"', "policy.toml line 1: business: opens must be before"),
        ('[business]\nfrom = "09:00"', "policy.toml line 2: [business] from: is unknown"),
        ("business = 3", "policy.toml line 1: business: must be a table"),
        ('[[regulatory]]\nname = "GDPR"', "policy.toml line 1: [[regulatory]]: needs hours or"),
        ("[[regulatory]]\nhours = 72", "policy.toml line 1: [[regulatory]] name: is missing"),
        (
            '[[regulatory]]\nname = "X"\nhours = 1\nthemes = ["rain"]',
            "policy.toml line 4: [[regulatory]] themes: 'rain' is no theme",
        ),
        (
            '[[regulatory]]\nname = "X"\nhours = 1\n[[regulatory]]\nname = "X"\nhours = 2',
            "policy.toml line 5: [[regulatory]] name: 'X' is there twice",
        ),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(SettingsError) as raised:
        of(tmp_path, text)
    assert str(raised.value).startswith(line)
