"""The project folder of a drill: what the war room may see, and nothing that gives it away."""

import json
import os
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from random import Random

from orchestrator.drills import settings_of
from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.plan import Plan
from orchestrator.drills.ports import Ports
from orchestrator.project import Project, write_private

SCRIPTS = ("alerts", "database", "deploy", "edge", "maintenance", "restart", "volume")
"""What stands in `bin`: a line each, over one package in `lib`."""

SCRIPT = """\
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from tools import {name}

sys.exit({name}.main())
"""

SHEBANG_LIMIT = 120
"""Bytes of the interpreter's path that the first line of a script may carry everywhere."""

POLICY = """\
# Windows of a drill, in seconds: what takes minutes in a real service must be seen here at once.
# The promises (acknowledge, engage, resolve...) stay those of the real table.
likely_validation = 3.0
approval_expires = 900.0

[validation]
interval = 1.0
passes = 5
window = 6.0
patience = 60.0
restart_grace = 3.0
relapse_window = 5.0
"""

PERSON = """\
[[people]]
name = "{name}"
uid = {uid}
roles = {roles}
"""

ROLES = (
    ("on-call", "commander"),
    ("technical-lead", "tier2"),
    ("communications-lead", "tier3"),
)


def write(project: Path, plan: Plan, ports: Ports, home: Path) -> None:
    """Everything of the project but its repositories."""
    releases = (f"releases/{plan.service}", f"releases/{EDGE}")
    for folder in ("bin", "lib", "var/log", "var/run", "var/data", *releases):
        (project / folder).mkdir(parents=True, mode=0o700)
    write_private(project / "warroom.toml", settings_of.text(plan, ports, _people(plan)))
    write_private(project / "policy.toml", POLICY)
    for log in ("deploys", EDGE):
        write_private(project / "var" / f"{log}.jsonl", "")
    mark = {"drill": plan.service, "seed": plan.seed, "home": str(home)}
    write_private(Project(project).drill_mark, json.dumps(mark) + "\n")
    _write_scripts(project, plan)


def _people(plan: Plan) -> str:
    """Whoever runs the drill is on call and in command; the others are further up the ladder."""
    rng = Random(f"people/{plan.seed}")
    names = rng.sample(plan.words.authors, len(ROLES))
    return "\n".join(
        PERSON.format(
            name=f"{name[0]}.{name.split()[-1]}".lower(),
            uid=os.getuid() + step,
            roles=json.dumps(roles),
        )
        for step, (name, roles) in enumerate(zip(names, ROLES, strict=True))
    )


def _write_scripts(project: Path, plan: Plan) -> None:
    """What changes and shows the parts, run by the interpreter that runs the drill."""
    with as_file(files("orchestrator.drills") / "source") as source:
        for name in SCRIPTS:
            _script(project / "bin" / name, SCRIPT.format(name=name))
        (project / "lib" / "tools").mkdir(mode=0o700)
        for path in sorted((source / "tools").glob("*.py")):
            shutil.copyfile(path, project / "lib" / "tools" / path.name)
        for name, wanted in (("lookup", plan.dependency), ("report", "nightly_report")):
            shutil.copyfile(source / f"{name}.py", project / "lib" / f"{wanted}.py")


def _script(target: Path, text: str) -> None:
    line = f"#!{sys.executable}"
    if len(os.fsencode(line)) > SHEBANG_LIMIT or " " in line:
        line = "#!/usr/bin/env python3"
    target.write_text(f"{line}\n{text}", "utf-8")
    target.chmod(0o700)
