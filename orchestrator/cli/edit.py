"""`warroom edit`: change a document in your own editor; later renders are merged into your text."""

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from orchestrator.cli import DONE, NOT_RESOLVED, Console, refuse
from orchestrator.cli.tell import Refused, add_common, document, incident_of, state_of, tell
from orchestrator.project import write_private

LIMIT = 320_000
"""Bytes of a document: what one line of the runner's socket takes, however they are escaped."""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("edit", help="change a document in your own editor")
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument("document", help="its path in the incident's folder, or its name")
    parser.add_argument("--file", default="", help="take the new text from a file; no editor")
    return add_common(parser)


def run(args: argparse.Namespace) -> int | Console:
    copies = Path(tempfile.mkdtemp(prefix="warroom-edit-"))
    copy: Path | None = None
    code: int = NOT_RESOLVED
    try:
        project, folder = incident_of(args)
        path = document(args.document, tuple(state_of(folder).documents))
        before = _bytes(folder.path / path)
        copy = copies / Path(path).name
        write_private(copy, _bytes(Path(args.file)) if args.file else before)
        if not args.file:
            _edit(copy)
        after = _bytes(copy)
        if after == before:
            print(f"{path}: nothing was changed")
            code = DONE
            return code
        fields = {"path": path, "sha256": hashlib.sha256(before).hexdigest(), "text": _text(after)}
        code = tell(project, args, "edit", fields, f"{path} is as you left it")
        return code
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    finally:
        if code == DONE or copy is None or not copy.exists() or args.file:
            shutil.rmtree(copies, ignore_errors=True)
        else:
            print(f"warroom: your text is kept in {copy}", file=sys.stderr)


def _edit(copy: Path) -> None:
    """The person's own editor, on the copy, until it ends."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not editor and not sys.stdin.isatty():
        raise Refused("no terminal and no $EDITOR; give the new text with --file FILE")
    try:
        argv = shlex.split(editor or "vi")
        done = subprocess.run([*argv, os.fspath(copy)], check=False)
    except ValueError as error:
        raise Refused(f"$EDITOR {editor!r} cannot be read: {error}") from error
    except OSError as error:
        raise Refused(f"$EDITOR {editor or 'vi'!r}: {error.strerror}; set $EDITOR") from error
    if done.returncode:
        raise Refused(f"{argv[0]} ended with {done.returncode}: nothing was sent", NOT_RESOLVED)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def _text(body: bytes) -> str:
    if len(body) > LIMIT:
        raise Refused(f"the document is longer than {LIMIT} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(f"the document is no UTF-8 text (byte {error.start})") from error
