"""`warroom runner install`: a systemd user unit, so that a project's runner is back after a reboot.

What is open goes on by itself when a runner starts; the unit only has to start one.
"""

import os
import re
import shlex
import sys
from pathlib import Path

from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, refuse
from orchestrator.project import Project, write_private

OURS = "# warroom runner of "
"""How a unit's first line begins; the project's folder follows."""

TEMPLATE = """\
{ours}{root}
# written by `warroom runner install`; run it again after moving the project or Python

[Unit]
Description=warroom runner of {title}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={argv}
Restart=always
RestartSec=5
# a change that is being carried out outlives its runner; the next one finds it again
KillMode=process
UMask=0077
Environment={path}

[Install]
WantedBy=default.target
"""


def install(root: Path, name: str, dry_run: bool) -> int:
    """Write the project's unit and say which two commands start it."""
    from orchestrator.settings import SettingsError, load_or_empty

    if not root.is_dir():
        return refuse(f"{root}: no such folder", WRONG_USE)
    try:
        title = name or load_or_empty(Project(root)).name or root.name
    except SettingsError as error:
        return refuse(str(error), BROKEN_INPUT)
    unit = f"warroom-{slug(title)}.service"
    try:
        text = unit_text(root, title, sys.executable, os.environ.get("PATH", ""))
    except ValueError as error:
        return refuse(str(error), WRONG_USE)
    path = units() / unit
    if dry_run:
        print(text, end="")
        print(f"would be {path}", file=sys.stderr)
        return DONE
    foreign = _foreign(path, root)
    if foreign:
        return refuse(f"{path} {foreign}; give another --name", WRONG_USE)
    try:
        write_private(path, text)
    except OSError as error:
        return refuse(f"{path}: {error.strerror}", NOT_RESOLVED)
    print(f"✓ {path}\nnow run:")
    print("  systemctl --user daemon-reload")
    print(f"  systemctl --user enable --now {shlex.quote(unit)}")
    print("and, so that it starts before anybody logs in, once: loginctl enable-linger")
    return DONE


def unit_text(root: Path, title: str, python: str, path: str) -> str:
    """The unit. ValueError where a path cannot stand in one."""
    # -P: a module of the same name in the folder the unit starts in must not be taken for ours
    argv = [os.path.abspath(python), "-P", "-m", "orchestrator.cli", "runner", "--project"]
    if any(not word.isprintable() for word in (*argv, str(root), path)):
        raise ValueError(f"{root}: a path with control characters cannot stand in a unit")
    return TEMPLATE.format(
        ours=OURS,
        root=root,
        title=" ".join("".join(c for c in title if c.isprintable()).split()).replace("%", "%%"),
        argv=" ".join(_quoted(word, command=True) for word in (*argv, str(root))),
        path=_quoted(f"PATH={path}"),
    )


def slug(title: str) -> str:
    """A name that may be a unit's: letters, digits, dots, dashes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.") or "project"


def units() -> Path:
    """The folder of the user's own units."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(home) / "systemd" / "user"


def _quoted(word: str, command: bool = False) -> str:
    """One word as systemd reads it: quotes, specifiers and (in commands) variables are taken."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if command:
        escaped = escaped.replace("$", "$$")
    plain = re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", escaped)
    return escaped if plain and not escaped.startswith("PATH=") else f'"{escaped}"'


def _foreign(path: Path, root: Path) -> str:
    """Why the file there is not ours to replace; empty when it is, or when there is none."""
    try:
        first = path.read_text("utf-8", "replace").partition("\n")[0]
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not first.startswith(OURS):
        return "is there and is not ours"
    other = first.removeprefix(OURS)
    return "" if other == str(root) else f"belongs to {other}"
