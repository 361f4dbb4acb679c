"""A text in the person's own editor: on a private copy, so that nothing half-written is taken."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

FALLBACKS = ("nano", "vim", "vi")


class NoEditor(Exception):
    """Why nothing could be edited, in one line."""


def argv_of(environment: Mapping[str, str]) -> list[str]:
    """The editor as the person set it, else one that is there."""
    for name in ("VISUAL", "EDITOR"):
        if words := shlex.split(environment.get(name, "")):
            return words
    for name in FALLBACKS:
        if shutil.which(name):
            return [name]
    raise NoEditor("no editor: set EDITOR, for example EDITOR=vim")


def edited(name: str, text: str, environment: Mapping[str, str]) -> str:
    """The text as it was left; NoEditor when the editor is missing or ended badly."""
    argv = argv_of(environment)
    with tempfile.TemporaryDirectory(prefix="warroom-edit-") as folder:
        copy = Path(folder) / Path(name).name
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            done = subprocess.run([*argv, str(copy)], check=False)
        except OSError as error:
            raise NoEditor(f"the editor {argv[0]} cannot be started: {error.strerror}") from error
        if done.returncode:
            raise NoEditor(f"the editor {argv[0]} ended with {done.returncode}: nothing was sent")
        try:
            return copy.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoEditor(f"what the editor left cannot be read: {error}") from error
