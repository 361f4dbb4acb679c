"""The chat template in a model's file, and the correction that makes its tool calls found.

Qwen2.5-Coder answers a prompt that offers tools with a fenced JSON block, whatever its template
says; the engine derives its parser from the template and would find no call at all.
"""

import struct
from pathlib import Path
from typing import IO, Any

_NUMBERS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
"""Kinds of values in a GGUF file's head that have one size."""

_TEXT, _LIST = 8, 9


def corrected(template: str) -> str:
    """The template with tool calls as this family of models really writes them."""
    return template.replace("<tool_call>", "```json").replace("</tool_call>", "```")


def chat_template(path: Path) -> str:
    """The template of a GGUF file. ValueError when it is none or has none."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} is no GGUF file")
        file.seek(4 + 8, 1)
        for _ in range(_one(file, "Q")):
            key = _text(file)
            value = _value(file, _one(file, "I"))
            if key == "tokenizer.chat_template":
                return str(value)
    raise ValueError(f"{path} has no chat template")


def _one(file: IO[bytes], kind: str) -> Any:
    size = struct.calcsize("<" + kind)
    return struct.unpack("<" + kind, file.read(size))[0]


def _text(file: IO[bytes]) -> str:
    return file.read(_one(file, "Q")).decode("utf-8", "replace")


def _value(file: IO[bytes], kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind == _LIST:
        inner, count = _one(file, "I"), _one(file, "Q")
        return [_value(file, inner) for _ in range(count)]
    return _one(file, _NUMBERS[kind])
