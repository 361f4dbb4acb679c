"""The `warroom.toml` of a drill: the same parts and the same catalogue in each of them. Pure."""

from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.plan import Plan
from orchestrator.drills.ports import Ports

HEAD = """\
[project]
name = "{service}"
drill = true

[policy]
path = "policy.toml"

{people}
"""

SERVICE = """\
[[services]]
name = "{service}"
repo = "repo"
deploy_log = "var/deploys.jsonl"
logs = ["var/log/{service}.log"]
metrics = "http://127.0.0.1:{ports.service}/metrics"
scrape_seconds = 1.0
dashboard = ""
dependencies = ["{dependency}"]

[services.signals]
requests = "http_requests_total"
errors = 'http_requests_total{{code=~"5.."}}'
latency = "http_request_duration_seconds"
in_use = "db_pool_in_use"
capacity = "db_pool_size"

[[services.commands]]             # who holds the database's write lock, and who has to wait
name = "locks"
argv = ["bin/database", "locks"]

[[services.commands]]             # how full the audit file is
name = "volume"
argv = ["bin/volume", "show"]

"""

AROUND = """\
[[services]]
name = "{edge}"
repo = "config"
deploy_log = "var/{edge}.jsonl"
logs = ["var/log/{edge}.log"]
metrics = "http://127.0.0.1:{ports.edge}/metrics"
scrape_seconds = 1.0
dependencies = ["{service}"]

[services.signals]
requests = "http_requests_total"
errors = 'http_requests_total{{code=~"5.."}}'
latency = "http_request_duration_seconds"

[[services.commands]]             # who took most, as the edge itself has counted
name = "clients"
argv = ["bin/edge", "clients"]

[[services]]
name = "{dependency}"
logs = ["var/log/{dependency}.log"]
metrics = "http://127.0.0.1:{ports.dependency}/metrics"
scrape_seconds = 1.0

[services.signals]
requests = "http_requests_total"
errors = 'http_requests_total{{code=~"5.."}}'
latency = "http_request_duration_seconds"

[services.process]
name = "{dependency}"

"""

ACTIONS = """\
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

[[actions]]
id = "edge-rollback"
kind = "configuration"
service = "{edge}"
title = "take the configuration of {{service}} back to {{version}}"
argv = ["bin/deploy", "{{service}}", "{{version}}", "--rollback"]
dry_run = ["bin/deploy", "{{service}}", "{{version}}", "--dry-run"]
pre_state = ["bin/deploy", "{{service}}", "--current"]
undo = ["bin/deploy", "{{service}}", "{{current}}"]
timeout = 30
risk = "medium"
blast = "every request from now on; none that is on its way"

[actions.params.version]
pattern = "[0-9a-f]{{7,40}}"

[[actions]]
id = "restart-{dependency}"
kind = "restart"
service = "{dependency}"
title = "restart {{service}}"
argv = ["bin/restart", "{{service}}"]
dry_run = ["bin/restart", "{{service}}", "--dry-run"]
pre_state = ["bin/restart", "{{service}}", "--current"]
timeout = 30
risk = "low"
blast = "summaries of {service} fail for a second"

[[actions]]
id = "restart"
kind = "restart"
service = "{service}"
title = "restart {{service}}"
argv = ["bin/restart", "{{service}}"]
dry_run = ["bin/restart", "{{service}}", "--dry-run"]
pre_state = ["bin/restart", "{{service}}", "--current"]
timeout = 30
risk = "low"
blast = "all of {{service}} for about a second; in-flight requests drop"

[[actions]]
id = "end-blocker"
kind = "database-repair"
service = "{service}"
title = "end process {{holder}}, which keeps the database of {{service}} locked"
argv = ["bin/database", "end", "{{holder}}"]
dry_run = ["bin/database", "end", "{{holder}}", "--dry-run"]
pre_state = ["bin/database", "locks"]
timeout = 30
risk = "medium"
blast = "what that process had not committed is lost"

[actions.params.holder]
pattern = "[0-9]{{1,10}}"
description = "process id, as bin/database locks names it"

[[actions]]
id = "rotate-audit"
kind = "workaround"
service = "{service}"
title = "rotate the audit file of {{service}}"
argv = ["bin/volume", "rotate"]
dry_run = ["bin/volume", "rotate", "--dry-run"]
pre_state = ["bin/volume", "show", "--brief"]
undo = ["bin/volume", "restore"]
timeout = 30
risk = "medium"
blast = "writes go into a new file; the old one is kept beside it"

[[actions]]
id = "block-address"
kind = "block-address"
service = "{edge}"
title = "block {{address}} at {{service}}"
argv = ["bin/edge", "block", "{{address}}"]
dry_run = ["bin/edge", "block", "{{address}}", "--dry-run"]
pre_state = ["bin/edge", "blocked"]
undo = ["bin/edge", "unblock", "{{address}}"]
timeout = 30
risk = "low"
blast = "whoever comes from that address is answered with 403"

[actions.params.address]
pattern = "[0-9]{{1,3}}(\\\\.[0-9]{{1,3}}){{3}}"

[[actions]]
id = "silence"
kind = "silence"
service = "{service}"
title = "silence the alerts of {{service}}"
argv = ["bin/alerts", "silence", "{{service}}"]
dry_run = ["bin/alerts", "silence", "{{service}}", "--dry-run"]
pre_state = ["bin/alerts", "show"]
undo = ["bin/alerts", "unsilence", "{{service}}"]
timeout = 30
risk = "low"
blast = "nobody is called for {{service}} for a while, whatever happens"

[[actions]]
id = "maintenance"
kind = "maintenance"
service = "{edge}"
title = "answer everybody with the maintenance page"
argv = ["bin/maintenance", "on"]
dry_run = ["bin/maintenance", "on", "--dry-run"]
pre_state = ["bin/maintenance", "show"]
undo = ["bin/maintenance", "off"]
timeout = 30
risk = "medium"
blast = "all users: 503 until it is taken back"
"""


def text(plan: Plan, ports: Ports, people: str) -> str:
    """The settings; nothing in them depends on what goes wrong."""
    return (HEAD + SERVICE + AROUND + ACTIONS).format(
        service=plan.service,
        dependency=plan.dependency,
        edge=EDGE,
        ports=ports,
        people=people,
    )
