"""The small shop without a leak, whose trouble begins when a feature flag is turned."""

import dataclasses
import json
from pathlib import Path

from orchestrator.clock import iso
from orchestrator.evidence.sources.ring import Sample
from orchestrator.project import Project
from orchestrator.settings import Settings, load
from tests.unit.small_shop import BASKETS, DEPLOYED, SETTINGS, T0, TROUBLE, Shop, commit, open_shop

TURNED = TROUBLE - 4
SWITCH = """\
[[actions]]
id = "switch"
kind = "feature-flag"
service = "shop"
title = "set {flag} of {service} to {value}"
argv = ["bin/flag", "{flag}", "{value}"]
[actions.params.flag]
pattern = "[a-z-]{1,40}"
[actions.params.value]
pattern = "on|off"
"""


def turned_shop(root: Path, at: float = TURNED, catalogue: str = SWITCH, asks: bool = True) -> Shop:
    """Nothing of its deploy does harm; the code that the flag guards does."""
    shop = open_shop(root, leak=False)
    repo = root / "repo"
    text = BASKETS + '\n\nFAST = "fast-totals"\n' if asks else BASKETS
    bad = commit(repo, "total faster behind a flag", {"baskets.py": text + "# quick\n"})
    deploys = (root / "var/deploys.jsonl").read_text().replace(shop.bad, bad)
    (root / "var/deploys.jsonl").write_text(deploys)
    turned = {"at": iso(at), "flag": "fast-totals", "from": "off", "to": "on", "by": "k.ito"}
    (root / "var/flags.jsonl").write_text(json.dumps(turned) + "\n")
    ring = "".join(_sample(second).line() for second in range(81))
    (Project(root).metrics / "shop.ndjson").write_text(ring)
    first, rest = SETTINGS.split("[[actions]]", 1)
    toml = f'{first}flags = "var/flags.jsonl"\n[[actions]]{rest}{catalogue}'
    return dataclasses.replace(shop, settings=settings(root, toml), bad=bad)


def settings(root: Path, toml: str) -> Settings:
    (root / "warroom.toml").write_text(toml)
    return load(Project(root))


def _sample(second: int) -> Sample:
    ill = T0 + second >= TROUBLE
    values = {
        "requests": 20.0 + second % 3,
        "errors": 0.6 if ill else 0.0,
        "p95": 0.5 if ill else 0.02,
        "saturation": 0.1,
    }
    return Sample(T0 + second, ok=True, values=values)


assert DEPLOYED < TURNED
