"""`warroom evidence`: list the ledger, show an item or a line of it, or add what you found."""

import argparse
import asyncio
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from orchestrator.cli import DONE, Console, refuse
from orchestrator.cli.tell import Refused, add_common, incident_of, state_of, tell
from orchestrator.clock import hhmmss, iso
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.ledger import Ledger, capped
from orchestrator.evidence.sources.process import run as run_argv
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.records import Evidence
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

CITATION = re.compile(r"[Ee]\d{1,9}(?::\d{1,9})?")

LIMIT = 320_000
"""Bytes that are sent: what one line of the runner's socket takes, however they are escaped."""

READ_LIMIT = 4 << 20
"""Bytes read of a file or an output before its middle is left out."""

AROUND = 3
"""Lines shown before and after the one that is asked for."""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "evidence",
        help="list, show or add evidence",
        usage="warroom evidence INC [E12[:340]] | --text TEXT | --file FILE | -- CMD...",
        description="Without more: the numbered ledger. With E12 or E12:340: that item, or that "
        "line. With --text, --file or a read-only command after --: new evidence of yours.",
    )
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument("item", nargs="?", default="", metavar="E12[:340]", help="show this one")
    parser.add_argument("--text", default="", help="what you saw, in your own words")
    parser.add_argument("--file", default="", help="a file as evidence; - is stdin")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds the command may take")
    return add_common(parser)


def run(args: argparse.Namespace) -> int | Console:
    ways = [name for name in ("item", "text", "file", "command") if getattr(args, name)]
    try:
        project, folder = incident_of(args)
        if len(ways) > 1:
            raise Refused("give one of: an item, --text, --file, or a command after --")
        if not ways:
            return _list(args, state_of(folder))
        if args.item:
            if not CITATION.fullmatch(args.item):
                raise Refused(f"{args.item!r} is no item like E12 or E12:340; a command follows --")
            return _show(args, folder, state_of(folder), args.item.upper())
        text, source = _found(args)
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    if not text.strip():
        return refuse("there is no text in it", 2)
    fields: dict[str, Any] = {"text": capped(text, LIMIT)[0], "source": source[:300]}
    return tell(project, args, "evidence", fields, "evidence recorded")


def _found(args: argparse.Namespace) -> tuple[str, str]:
    """New evidence, and where it is from."""
    if args.text:
        return clean(args.text), "typed in"
    if args.file:
        return clean(_read(args.file)), "stdin" if args.file == "-" else f"file {args.file}"
    return _output(args.command, args.timeout)


def _output(argv: list[str], timeout: float) -> tuple[str, str]:
    """What a command of the person's own says, run here in their own environment."""
    try:
        done = asyncio.run(
            run_argv(argv, Path.cwd(), os.environ, timeout=timeout, limit=READ_LIMIT)
        )
    except SourceError as error:
        raise Refused(str(error), 1) from error
    parts = [done.text.rstrip("\n")] if done.text.strip() else []
    if done.errors.strip():
        parts.append(f"[stderr]\n{done.errors.rstrip()}")
    if done.truncated:
        parts.append(f"[cut after {READ_LIMIT} bytes]")
    if done.code or not parts:
        parts.append(f"[{'no output, ' if not parts else ''}exit {done.code}]")
    return clean("\n".join(parts) + "\n"), shlex.join(argv)


def _read(name: str) -> str:
    """A file's head and tail; a huge one is never loaded whole."""
    if name == "-":
        return _decoded("stdin", sys.stdin.buffer.read(READ_LIMIT))
    path, half = Path(name), READ_LIMIT // 2
    if not path.is_file():
        raise Refused(f"{name}: {'is no plain file' if path.exists() else 'no such file'}")
    try:
        with path.open("rb") as file:
            body = file.read(half)
            rest = path.stat().st_size - half
            if rest > half:
                file.seek(-half, os.SEEK_END)
                body += f"\n[... {rest - half} bytes left out here ...]\n".encode()
            body += file.read(half)
    except OSError as error:
        raise Refused(f"{name}: {error.strerror}") from error
    return _decoded(name, body)


def _decoded(name: str, body: bytes) -> str:
    if b"\x00" in body[:8192]:
        raise Refused(f"{name}: is binary, not text")
    return body.decode("utf-8", "replace")


def _list(args: argparse.Namespace, state: State) -> int:
    items = list(state.evidence.values())
    if args.json:
        print(json.dumps({"incident": state.incident, "evidence": [_facts(one) for one in items]}))
        return DONE
    for one in items:
        what = one.summary or one.source
        size = f"{one.lines} lines" if one.lines != 1 else "1 line"
        print(f"{one.eid:<5}{hhmmss(one.at)}  {one.kind:<10}{one.taint:<9}{size:<12}{what}")
        if one.instructions:
            print(f"     text meant for agents, not followed: {'; '.join(one.instructions[:3])}")
    print(f"{len(items)} item(s)   show one: warroom evidence {state.incident} E1")
    return DONE


def _facts(item: Evidence) -> dict[str, Any]:
    return {
        "eid": item.eid,
        "kind": item.kind,
        "source": item.source,
        "command": item.command,
        "summary": item.summary,
        "at": iso(item.at),
        "by": item.by,
        "taint": item.taint,
        "size": item.size,
        "lines": item.lines,
        "sha256": item.sha256,
        "truncated": item.truncated,
        "left_out": item.left_out,
        "redactions": item.redactions,
        "from": iso(item.from_at) if item.from_at else None,
        "to": iso(item.to_at) if item.to_at else None,
        "instructions": list(item.instructions),
    }


def _show(args: argparse.Namespace, folder: IncidentFolder, state: State, citation: str) -> int:
    eid, _, line = citation.partition(":")
    item, ledger = state.evidence.get(eid), Ledger(folder)
    if item is None:
        there = f"E1 to E{len(state.evidence)}" if state.evidence else "none"
        raise Refused(f"there is no evidence {eid} in {state.incident}; there: {there}")
    try:
        if line:
            ledger.resolve(state, citation)
        content = ledger.read(item.path)
    except KeyError as error:
        raise Refused(str(error.args[0])) from error
    if args.json:
        shown = content.splitlines()[int(line) - 1] if line else content
        print(json.dumps(_facts(item) | {"line": int(line) if line else None, "text": shown}))
        return DONE
    print(f"{eid}  {item.source}: {item.command}", file=sys.stderr)
    print(f"    {iso(item.at)}  {item.taint}  sha-256 {item.sha256}", file=sys.stderr)
    if not line:
        print(content, end="" if content.endswith("\n") else "\n")
        return DONE
    lines, at = content.splitlines(), int(line)
    for number in range(max(1, at - AROUND), min(len(lines), at + AROUND) + 1):
        print(f"{'▸' if number == at else ' '} {number:>6}  {lines[number - 1]}")
    return DONE
