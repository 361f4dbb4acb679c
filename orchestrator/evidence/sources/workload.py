"""What a cluster says of a workload: pods, events, description, logs, rollouts, as questions.

Objects are told in one line each, and values of a container's environment are left out: they hold
secrets under names that no rule knows.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from orchestrator.clock import iso, parse_iso
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources import logs as service_logs
from orchestrator.evidence.sources.kubectl import Kubectl
from orchestrator.evidence.sources.question import Question, Reading, Remark, whole_lines
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service

MEND = "install kubectl, or correct [services.kubernetes]; its rights need get, list and pods/log"
_TAIL, _REVISIONS = 500, 10


def first_look(service: Service, root: Path) -> list[Question]:
    """What Tier 1 collects: how many pods are ready, and what happened to them."""
    return _questions(service, root, [("pods", "", _pods), ("events", "get events", _events)])


def deep_look(service: Service, root: Path, since: float) -> list[Question]:
    """What Tier 2 reads: the description, the logs since a moment, and the rollouts."""

    async def logs(kubectl: Kubectl) -> Reading:
        return await _logs(kubectl, since)

    kinds: list[tuple[str, str, _Read]] = [
        ("description", f"describe {service.kubernetes.workload}", _described),
        ("logs of its pods", "", logs),
        ("rollouts", f"rollout history {service.kubernetes.workload}", _rollouts),
    ]
    return _questions(service, root, kinds)


_Read = Callable[[Kubectl], Awaitable[Reading]]


def _questions(service: Service, root: Path, kinds: list[tuple[str, str, _Read]]) -> list[Question]:
    where = service.kubernetes
    if not where.workload:
        return []
    kubectl = Kubectl(where, root)
    shown = {
        "pods": f"{kubectl.shown('get', where.workload)} -o json, then get pods of its selector",
        "logs of its pods": f"{kubectl.shown('logs')} --selector=(its own) --tail={_TAIL}",
    }
    return [
        Question(
            about="kubernetes",
            name=name,
            kind="log" if name.startswith("logs") else "cluster",
            source=f"{where.workload} in {where.namespace}",
            command=shown.get(name) or kubectl.shown(*words.split()),
            reader=_bound(read, kubectl),
            mend=MEND,
            timeout=kubectl.timeout,
            limit=kubectl.limit,
        )
        for name, words, read in kinds
    ]


def _bound(read: _Read, kubectl: Kubectl) -> Callable[[], Awaitable[Reading]]:
    return lambda: read(kubectl)


async def _pods(kubectl: Kubectl) -> Reading:
    workload = await kubectl.json("get", kubectl.where.workload)
    listed = await kubectl.json("get", "pods", f"--selector={_selector(workload)}")
    return pods(workload, listed)


async def _events(kubectl: Kubectl) -> Reading:
    listed = await kubectl.json("get", "events")
    return events(listed, kubectl.where.workload.partition("/")[2])


async def _described(kubectl: Kubectl) -> Reading:
    said = await kubectl.text("describe", kubectl.where.workload)
    lines = without_values(whole_lines(clean(said.text), kubectl.limit, said.truncated))
    image = next((n for n, line in enumerate(lines, 1) if line.strip().startswith("Image:")), 1)
    text = " ".join(lines[image - 1].split()) if lines else "nothing is described"
    return Reading("\n".join(lines) + "\n", (Remark(text, image),), said.truncated)


async def _logs(kubectl: Kubectl, since: float) -> Reading:
    workload = await kubectl.json("get", kubectl.where.workload)
    said = await kubectl.text(
        "logs",
        f"--selector={_selector(workload)}",
        "--all-containers",
        f"--tail={_TAIL}",
        f"--since-time={iso(since)}",
        "--max-log-requests=20",
    )
    lines = whole_lines(clean(said.text), kubectl.limit, said.truncated)
    return logged(lines, said.truncated)


async def _rollouts(kubectl: Kubectl) -> Reading:
    said = await kubectl.text("rollout", "history", kubectl.where.workload)
    lines = whole_lines(clean(said.text), kubectl.limit, said.truncated)
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip()[:1].isdigit()]
    if not numbered:
        return Reading("\n".join(lines) + "\n", (Remark("no revision is told"),), said.truncated)
    number, last = numbered[-1]
    text = f"{len(numbered)} revisions are kept, the last: {' '.join(last.split())}"
    return Reading("\n".join(lines) + "\n", (Remark(text, number),), said.truncated)


def pods(workload: dict[str, Any], listed: dict[str, Any]) -> Reading:
    """The workload in the first line, then a line for each pod and what ended in it last."""
    try:
        spec, status = workload.get("spec", {}), workload.get("status", {})
        name = f"{str(workload.get('kind', '')).lower()} {workload['metadata']['name']}"
        wanted = spec.get("replicas", status.get("desiredNumberScheduled", 1))
        ready = status.get("readyReplicas", status.get("numberReady", 0))
        updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0))
        images = [one.get("image", "") for one in spec["template"]["spec"]["containers"]]
        lines = [
            f"{name}: {ready} of {wanted} pods ready, {updated} updated, images {', '.join(images)}"
        ]
        remarks = [Remark(lines[0], 1, ill=ready < wanted)]
        for condition in status.get("conditions", ()):
            said = _words(condition.get("reason"), condition.get("message"))
            lines.append(f"condition {condition.get('type')}: {condition.get('status')} {said}")
        for pod in listed.get("items", ()):
            lines.append(_pod(pod))
            trouble = _trouble(pod)
            if trouble:
                remarks.append(
                    Remark(f"pod {pod['metadata']['name']}: {trouble}", len(lines), True)
                )
    except (KeyError, TypeError, AttributeError):
        raise SourceError("kubectl answers in a form that is not a workload's") from None
    remarks.sort(key=lambda remark: not remark.ill)
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks))


def _pod(pod: dict[str, Any]) -> str:
    status = pod.get("status", {})
    said = [f"pod {pod['metadata']['name']}: {status.get('phase', 'phase not known')}"]
    if status.get("startTime"):
        said.append(f"since {status['startTime']}")
    for one in status.get("containerStatuses", ()):
        said.append(
            f"{one.get('name')} {'ready' if one.get('ready') else 'not ready'}, "
            f"{one.get('restartCount', 0)} restarts{_state(one)}"
        )
    return "; ".join(said)


def _state(container: dict[str, Any]) -> str:
    waiting = container.get("state", {}).get("waiting")
    now = f", waiting: {waiting.get('reason', 'no reason given')}" if waiting else ""
    return now + _ended(container)


def _ended(container: dict[str, Any]) -> str:
    last = container.get("lastState", {}).get("terminated")
    last = container.get("state", {}).get("terminated") or last
    if not last:
        return ""
    when = f" at {last['finishedAt']}" if last.get("finishedAt") else ""
    return f", last ended {last.get('reason', '')} (exit code {last.get('exitCode')}){when}"


def _trouble(pod: dict[str, Any]) -> str:
    """What is wrong with a pod in words; empty when nothing is."""
    for one in pod.get("status", {}).get("containerStatuses", ()):
        waiting = one.get("state", {}).get("waiting")
        if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
            said = f"{one.get('name')} waits: {waiting.get('reason', 'no reason given')}"
            return said + _ended(one)
        # an old restart of a container that runs well is history, but for one killed: 128 + 9
        code = _code(one)
        if code == 137 or (code and not one.get("ready")):
            return f"{one.get('name')}, {one.get('restartCount', 0)} restarts{_ended(one)}"
    phase = pod.get("status", {}).get("phase")
    return f"is {phase}" if phase in ("Pending", "Failed", "Unknown") else ""


def _code(container: dict[str, Any]) -> int | None:
    last = container.get("lastState", {}).get("terminated")
    last = container.get("state", {}).get("terminated") or last or {}
    code = last.get("exitCode")
    return code if isinstance(code, int) else None


def events(listed: dict[str, Any], name: str) -> Reading:
    """The events of a workload and its pods, oldest first; warnings are remarked on."""
    told: list[tuple[str, bool, str]] = []
    try:
        for event in listed.get("items", ()):
            about = event.get("involvedObject") or event.get("regarding") or {}
            of = str(about.get("name", ""))
            if of != name and not of.startswith(f"{name}-"):
                continue
            series = event.get("series") or {}
            at = event.get("lastTimestamp") or series.get("lastObservedTime")
            at = str(at or event.get("eventTime") or event["metadata"].get("creationTimestamp"))
            count = series.get("count") or event.get("count") or 1
            said = _words(event.get("reason"), event.get("message") or event.get("note"))
            row = f"{at} {event.get('type')} {about.get('kind')} {of} ×{count} {said}"
            told.append((at, event.get("type") == "Warning", row))
    except (KeyError, TypeError, AttributeError):
        raise SourceError("kubectl answers in a form that is not events'") from None
    told.sort(key=lambda one: one[0])
    lines = [clean(row) for _, _, row in told] or [f"no event of {name} is kept"]
    warnings = [(n, row) for n, (_, warns, row) in enumerate(told, 1) if warns]
    remarks = [Remark(_without_time(row), n, ill=True) for n, row in reversed(warnings[-3:])]
    if not remarks:
        said = f"{len(told)} events of {name}, no warning" if told else lines[0]
        remarks = [Remark(said)]
    times = [moment for at, _, _ in told if (moment := _moment(at))]
    ends = (min(times), max(times)) if times else (0.0, 0.0)
    return Reading("\n".join(lines) + "\n", tuple(remarks), False, *ends)


def logged(lines: list[str], truncated: bool) -> Reading:
    """Log lines as they are; what is an error among them is counted and its last one cited."""
    records = service_logs.parse("\n".join(lines))
    bad = [record for record in records if record.bad]
    text = f"{len(records)} records of its pods, {len(bad)} of them errors"
    line = 1
    if bad:
        line = bad[-1].line
        text += f", the last: {bad[-1].error or bad[-1].message}"
    times = [record.at for record in records if record.at is not None]
    ends = (min(times), max(times)) if times else (0.0, 0.0)
    return Reading("\n".join(lines) + "\n", (Remark(text, line, bool(bad)),), truncated, *ends)


def without_values(lines: list[str]) -> list[str]:
    """A description without the values of its environment; where they come from is kept."""
    kept: list[str] = []
    depth = -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and indent > depth and ":" in line:
            name, _, value = line.partition(":")
            told = not value.strip() or value.strip().startswith("<")
            kept.append(line if told else f"{name}: [left out]")
            continue
        depth = indent if line.strip() == "Environment:" else -1
        kept.append(line)
    return kept


def _selector(workload: dict[str, Any]) -> str:
    """Its label selector as kubectl takes it. SourceError when it has none."""
    given = workload.get("spec", {}).get("selector", {})
    labels = given.get("matchLabels", {})
    if not labels:
        raise SourceError("the workload selects its pods by no label")
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _without_time(row: str) -> str:
    return row.partition(" ")[2]


def _moment(at: str) -> float | None:
    try:
        return parse_iso(at)
    except ValueError:
        return None


def _words(*parts: object) -> str:
    return " ".join(" ".join(str(part).split()) for part in parts if part)
