"""The share of culprits found in public, recorded incidents that lie beside the project."""

import json
from pathlib import Path

import pytest

from orchestrator.evidence.bundle.read import read_bundle
from orchestrator.evidence.bundle.suspects import suspects

BUNDLES = Path(__file__).parents[3] / "shared" / "eval" / "bundles"


def test_most_culprits_of_recorded_incidents_are_found_and_hardly_a_decoy_named() -> None:
    if not (BUNDLES / "truth.json").is_file():
        pytest.skip("no recorded incidents in ../shared/eval/bundles: nothing to measure against")
    truth = json.loads((BUNDLES / "truth.json").read_text())
    asked = {name: told for name, told in truth.items() if told["ask"] == "change"}
    named = {name: suspects(read_bundle(BUNDLES / name)).culprit for name in asked}

    assert sum(named[name] == told["change"] for name, told in asked.items()) >= 8
    assert sum(named[name] in told["decoys"] for name, told in asked.items()) <= 1
