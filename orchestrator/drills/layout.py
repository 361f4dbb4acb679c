"""The project folder of a drill: what the war room may see, and nothing that gives it away."""

import json
import os
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from random import Random

from orchestrator.drills.plan import Plan
from orchestrator.project import Project, write_private

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
"""

SETTINGS = """\
[project]
name = "{service}"
drill = true

[policy]
path = "policy.toml"

{people}
[[services]]
name = "{service}"
repo = "repo"
deploy_log = "var/deploys.jsonl"
logs = ["var/log/*.log"]
metrics = "http://127.0.0.1:{port}/metrics"
scrape_seconds = 1.0
dashboard = ""

[services.signals]
requests = "http_requests_total"
errors = 'http_requests_total{{code=~"5.."}}'
latency = "http_request_duration_seconds"
in_use = "db_pool_in_use"
capacity = "db_pool_size"

[[actions]]
id = "rollback"
kind = "rollback"
service = "{service}"
title = "roll {{service}} back to {{version}}"
argv = ["bin/deploy", "{{service}}", "{{version}}", "--rollback"]
dry_run = ["bin/deploy", "{{service}}", "{{version}}", "--dry-run"]
pre_state = ["bin/deploy", "{{service}}", "--current"]
undo = ["bin/deploy", "{{service}}", "{{current}}"]
timeout = 60
risk = "medium"
blast = "replaces the one instance of {{service}}; in-flight requests drop"

[actions.params.version]
pattern = "[0-9a-f]{{7,40}}"
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


def write(project: Path, plan: Plan, port: int, home: Path) -> None:
    """Everything of the project but its repository."""
    for folder in ("bin", "var/log", "var/run", "var/data", f"releases/{plan.service}"):
        (project / folder).mkdir(parents=True, mode=0o700)
    settings = SETTINGS.format(service=plan.service, port=port, people=_people(plan))
    write_private(project / "warroom.toml", settings)
    write_private(project / "policy.toml", POLICY)
    write_private(project / "var" / "deploys.jsonl", "")
    mark = {"drill": plan.scenario.name, "seed": plan.seed, "home": str(home)}
    write_private(Project(project).drill_mark, json.dumps(mark) + "\n")
    _write_deploy(project / "bin" / "deploy")


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


def _write_deploy(target: Path) -> None:
    """The deploy script, run by the interpreter that runs the drill."""
    with as_file(files("orchestrator.drills") / "source" / "deploy.py") as script:
        shutil.copyfile(script, target)
    line = f"#!{sys.executable}"
    if len(os.fsencode(line)) > SHEBANG_LIMIT or " " in line:
        line = "#!/usr/bin/env python3"
    target.write_text(f"{line}\n{target.read_text('utf-8')}", "utf-8")
    target.chmod(0o700)
