"""A project's first `warroom.toml`: what was found is set, what is a guess is a comment."""

import json

from orchestrator.checkup.survey import Survey

_SERVICES = 12

_MODEL = """\
# [model]                         # Claude beside the rules, where ANTHROPIC_API_KEY is set
# backend = "auto"                # auto, rules, claude
# incident_usd = 25.0             # what one incident may cost
"""

_CONSOLE = """\
# [console]                       # the same in ~/.config/warroom/console.toml is yours, and wins
# theme = "dark"                  # dark, light, contrast, ansi
# density = "auto"                # auto, compact, standard
# fps = 20                        # frames a second, 1 to 60; fewer by itself on a slow line
# ascii = false                   # true: no glyphs beyond ASCII
# bell = true                     # rings at a new approval and at a broken promise

# [console.keys]                  # ids are listed in docs/keys.md
# note = "f2"                     # a key, or a list of keys
"""


def written(found: Survey, person: str, uid: int) -> str:
    """The settings as text; they load as they are."""
    parts = [_project(found), _person(person, uid)]
    parts += [_service(found, name, repo) for name, repo in services(found)]
    parts += [_actions(found), _MODEL, _CONSOLE]
    return "\n".join(parts)


def services(found: Survey) -> list[tuple[str, str]]:
    """Name and repository of each service: by the deploy logs, else by the repositories."""
    named = list(dict.fromkeys(name for names in found.deploy_logs.values() for name in names))
    below = {path.rpartition("/")[2]: path for path in found.repositories if path != "."}
    if named:
        only = found.repositories[0] if len(found.repositories) == 1 else ""
        whole = "." if "." in found.repositories else only
        return [(name, below.get(name, whole)) for name in named[:_SERVICES]]
    if len(below) > 1 and "." not in found.repositories:
        return list(below.items())[:_SERVICES]
    return [(found.name, found.repositories[0] if found.repositories else "")]


def _project(found: Survey) -> str:
    policy, runbooks = found.policy or "policy.toml", found.runbooks or "runbooks"
    ruled, helped = _marked(bool(found.policy)), _marked(bool(found.runbooks))
    return f"""\
# Written by `warroom init` from what lies here. Lines that begin with # are suggestions.
# `warroom doctor` tries everything that is set, and says what is missing. Paths are relative
# to this folder.

[project]
name = {_quoted(found.name)}

{ruled}[policy]
{ruled}path = {_quoted(policy)}    # single fields of the built-in rules, overridden

{helped}[runbooks]
{helped}path = {_quoted(runbooks)}    # markdown; its front matter says when each one applies

# [communications]                # names people know; drafts carry them, nothing is sent by them
# channel = "#incidents"
# status_page = "where users look"
"""


def _person(person: str, uid: int) -> str:
    return f"""\
[[people]]
name = {_quoted(person)}
uid = {uid}                          # the Unix user whose keys count as this person's
roles = ["on-call", "commander"]
# contact = "how to reach them"
# backup = "name of whoever stands in"

# [[people]]                      # who is called next: fill tier2 and tier3
# name = "b.lee"
# uid = 1001
# roles = ["tier2", "technical-lead"]
"""


def _service(found: Survey, name: str, repo: str) -> str:
    log = next((path for path, names in found.deploy_logs.items() if name in names), "")
    logs = [path for path in found.logs if not repo or repo == "." or path.startswith(repo + "/")]
    lines = [
        "[[services]]",
        f"name = {_quoted(name)}",
        f"{_marked(bool(repo))}repo = {_quoted(repo or 'repo')}    # git repository",
        f"{_marked(bool(log))}deploy_log = {_quoted(log or 'var/deploys.jsonl')}"
        "    # one JSON object a line: at, service, version, previous",
        f"{_marked(bool(logs or found.logs))}logs = "
        f"[{', '.join(map(_quoted, logs or found.logs or ['var/log/*.log']))}]",
        *_addresses(found),
        '# owner = "name of a person above"',
        "# users = 0                       # how many it has; 0: not known",
        "# dependencies = []               # services here, or systems outside",
        "",
        "# [services.signals]              # how to read the signals from that page",
        '# requests = "http_requests_total"',
        "# errors = 'http_requests_total{code=~\"5..\"}'",
        '# latency = "http_request_duration_seconds"',
        "",
        "# [services.prometheus]           # or ask a Prometheus server, one number a query",
        '# url = "http://prometheus:9090"',
        f"# requests = 'sum(rate(http_requests_total{{job=\"{name}\"}}[1m]))'",
        "",
        *_process(found),
        *_cluster(found),
    ]
    return "\n".join(lines) + "\n"


def _cluster(found: Survey) -> list[str]:
    """A workload that the manifests name, as a source."""
    if not found.workloads:
        return []
    return [
        "",
        "# [services.kubernetes]           # read through kubectl, which must be on the PATH",
        '# namespace = "default"',
        f"# workload = {_quoted(found.workloads[0])}",
    ]


def _addresses(found: Survey) -> list[str]:
    lines = ['# metrics = "http://127.0.0.1:9100/metrics"']
    if found.listening:
        lines.append("# These ports listen on this host; one of them may be a metrics page:")
        lines += [
            f'#   metrics = "http://127.0.0.1:{port}/metrics"' + (f"    # {name}" if name else "")
            for port, name in found.listening[:8]
        ]
    return [*lines, '# health = "http://127.0.0.1:8080/healthz"']


def _process(found: Survey) -> list[str]:
    lines = []
    if found.procfile:
        lines.append(f"# The Procfile runs: {', '.join(found.procfile)}")
    return [
        *lines,
        "# [services.process]              # its process on this host, by name or pid file",
        '# name = "gunicorn"',
    ]


def _actions(found: Survey) -> str:
    lines = ["# What may be done. Only what stands here can ever be offered for approval."]
    if found.dockerfile or found.compose:
        compose = f": {', '.join(found.compose)}" if found.compose else ""
        lines.append(f"# Docker is used here{compose}.")
    program = found.scripts[0] if found.scripts else "bin/deploy"
    if found.workloads:
        target = found.workloads[0]
        lines += [
            f"# Kubernetes deploys {', '.join(found.workloads[:8])}.",
            "# [[actions]]",
            '# id = "undo-rollout"',
            '# kind = "rollback"',
            '# title = "roll {service} back by one"',
            f'# argv = ["kubectl", "rollout", "undo", {_quoted(target)}]',
            f'# pre_state = ["kubectl", "get", {_quoted(target)}, "--no-headers", "-o",'
            ' "custom-columns=I:.spec.template.spec.containers[*].image"]',
            "",
        ]
    lines += [
        "# [[actions]]",
        '# id = "rollback"',
        '# kind = "rollback"',
        '# title = "roll {service} back to {version}"',
        f'# argv = [{_quoted(program)}, "{{service}}", "{{version}}"]',
        f'# dry_run = [{_quoted(program)}, "{{service}}", "{{version}}", "--dry-run"]',
        f'# pre_state = [{_quoted(program)}, "{{service}}", "--current"]',
        f'# undo = [{_quoted(program)}, "{{service}}", "{{current}}"]',
        '# risk = "medium"',
        '# blast = "what it does to users meanwhile"',
    ]
    return "\n".join(lines) + "\n"


def _marked(is_set: bool) -> str:
    return "" if is_set else "# "


def _quoted(text: str) -> str:
    """A TOML string; what was found is printable, so JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)
