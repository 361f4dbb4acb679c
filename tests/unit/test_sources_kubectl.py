"""kubectl is asked with a short list of verbs; what it answers or refuses is told in lines."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules.desk import Desk
from orchestrator.clock import FakeClock
from orchestrator.evidence.sources import workload
from orchestrator.evidence.sources.kubectl import Kubectl, complaint
from orchestrator.evidence.sources.question import Question, Reading
from orchestrator.evidence.sources.source import Hanging, SourceError
from orchestrator.model.state import State
from orchestrator.settings import Kubernetes, Service, Settings
from tests.unit.fake_bench import FakeBench, task

WHERE = Kubernetes(namespace="shop", workload="deployment/orders", context="blue")
SERVICE = Service(name="orders", kubernetes=WHERE)
STUB = """\
#!{python}
import json, sys, time
said = json.load(open({answers!r}))
open({asked!r}, "a").write(json.dumps(sys.argv[1:]) + "\\n")
words = [word for word in sys.argv[1:] if not word.startswith("-")]
answer = said.get(" ".join(words), said.get(words[0], {{}}))
time.sleep(answer.get("sleep", 0))
sys.stderr.write(answer.get("err", ""))
sys.stdout.write(answer.get("out", "") * answer.get("times", 1))
sys.exit(answer.get("code", 0))
"""
POD: dict[str, Any] = {
    "metadata": {"name": "orders-7d9-abc"},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "app",
                "ready": False,
                "restartCount": 4,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
            }
        ],
    },
}
WORKLOAD: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "orders"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "orders"}},
        "template": {
            "spec": {
                "containers": [
                    {"image": "orders:1.9", "env": [{"name": "MOTTO", "value": "under the mat"}]}
                ]
            }
        },
    },
    "status": {"readyReplicas": 1, "updatedReplicas": 3},
}
EVENTS = {
    "items": [
        {
            "metadata": {},
            "type": "Warning",
            "reason": "BackOff",
            "message": "Back-off restarting failed container",
            "count": 9,
            "lastTimestamp": "2025-11-23T14:00:20Z",
            "involvedObject": {"kind": "Pod", "name": "orders-7d9-abc"},
        },
        {
            "metadata": {},
            "type": "Normal",
            "reason": "Pulled",
            "message": "pulled",
            "lastTimestamp": "2025-11-23T14:00:10Z",
            "involvedObject": {"kind": "Pod", "name": "orders-7d9-abc"},
        },
        {
            "metadata": {},
            "type": "Warning",
            "reason": "Failed",
            "lastTimestamp": "2025-11-23T14:00:15Z",
            "involvedObject": {"kind": "Pod", "name": "stock-1"},
        },
    ]
}


class Cluster:
    """A program named kubectl that answers what it is told to, and notes what it was asked."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.answers: dict[str, Any] = {}
        self._asked = root / "asked.jsonl"
        folder = root / "programs"
        folder.mkdir()
        program = folder / "kubectl"
        text = STUB.format(
            python=sys.executable, answers=str(root / "answers.json"), asked=str(self._asked)
        )
        program.write_text(text)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def says(self, words: str, value: Any = None, **more: Any) -> None:
        out = value if isinstance(value, str) else json.dumps(value)
        self.answers[words] = {"out": out, **more} if value is not None else more
        (self.root / "answers.json").write_text(json.dumps(self.answers))

    def asked(self) -> list[list[str]]:
        return [json.loads(line) for line in self._asked.read_text().splitlines()]

    def question(self, name: str) -> Question:
        asked = workload.first_look(SERVICE, self.root)
        asked += workload.deep_look(SERVICE, self.root, 1_763_906_400.0)
        return next(one for one in asked if one.name == name)

    def read(self, name: str) -> Reading:
        return asyncio.run(self.question(name).read())


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster(tmp_path, monkeypatch)
    cluster.says("get deployment/orders", WORKLOAD)
    cluster.says("get pods", {"items": [POD]})
    cluster.says("get events", EVENTS)
    return cluster


def test_pods_that_crash_are_told_with_how_they_ended(cluster: Cluster) -> None:
    reading = cluster.read("pods")
    lines = reading.content.splitlines()
    assert lines[0] == "deployment orders: 1 of 3 pods ready, 3 updated, images orders:1.9"
    remark = reading.remarks[1]
    assert reading.ill
    assert "app waits: CrashLoopBackOff, last ended OOMKilled (exit code 137)" in remark.text
    assert lines[remark.line - 1].startswith("pod orders-7d9-abc: Running; app not ready, 4 resta")
    assert "under the mat" not in reading.content


def test_a_workload_with_all_its_pods_is_well(cluster: Cluster) -> None:
    calm = {**WORKLOAD, "status": {"readyReplicas": 3, "updatedReplicas": 3}}
    cluster.says("get deployment/orders", calm)
    cluster.says("get pods", {"items": []})
    assert not cluster.read("pods").ill


def test_every_call_names_context_namespace_and_a_time_limit(cluster: Cluster) -> None:
    cluster.read("pods")
    for argv in cluster.asked():
        assert argv[:3] == ["--context=blue", "--namespace=shop", "--request-timeout=9s"]
    assert "--selector=app=orders" in cluster.asked()[1]
    shown = cluster.question("events").command
    assert shown == "kubectl --context=blue --namespace=shop --request-timeout=9s get events"


def test_events_of_the_workload_alone_are_told_in_order_and_warnings_remarked(
    cluster: Cluster,
) -> None:
    reading = cluster.read("events")
    lines = reading.content.splitlines()
    assert [line.split()[3] for line in lines] == ["orders-7d9-abc", "orders-7d9-abc"]
    assert [remark.line for remark in reading.remarks] == [2]
    assert "×9 BackOff Back-off restarting" in reading.remarks[0].text
    assert (reading.from_at, reading.to_at) == (1_763_906_410.0, 1_763_906_420.0)


def test_a_description_is_kept_without_the_values_of_the_environment(cluster: Cluster) -> None:
    text = "  Image:  orders:1.9\n    Environment:\n      MOTTO:  under the mat\n"
    text += "      KEY:  <set to the key 'a' in secret 'b'>\n    Mounts:  <none>\n"
    cluster.says("describe", text)
    reading = cluster.read("description")
    assert reading.remarks[0].text == "Image: orders:1.9"
    assert "under the mat" not in reading.content
    assert "MOTTO: [left out]" in reading.content
    assert "<set to the key" in reading.content
    assert "Mounts:  <none>" in reading.content


def test_logs_of_all_pods_are_read_since_a_moment(cluster: Cluster) -> None:
    lines = '{"ts": "2025-11-23T14:00:01Z", "level": "info", "msg": "ok"}\n'
    lines += '{"ts": "2025-11-23T14:00:02Z", "level": "error", "msg": "pool is empty"}\n'
    cluster.says("logs", lines)
    reading = cluster.read("logs of its pods")
    assert reading.remarks[0].text.endswith("2 records of its pods, 1 of them errors, the last: "
                                            "pool is empty")  # fmt: skip
    assert reading.remarks[0].line == 2
    (argv,) = [one for one in cluster.asked() if "logs" in one]
    assert {"--since-time=2025-11-23T14:00:00.000Z", "--tail=500"} <= set(argv)


def test_the_last_rollout_is_cited(cluster: Cluster) -> None:
    cluster.says("rollout", "deployment.apps/orders\nREVISION  CHANGE-CAUSE\n1  <none>\n2  1.9\n")
    reading = cluster.read("rollouts")
    assert reading.remarks[0].text == "2 revisions are kept, the last: 2 1.9"
    assert reading.remarks[0].line == 4


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (
            'Error from server (NotFound): deployments.apps "orders" not found\n',
            r"^kubectl get deployment/orders: Error from server \(NotFound\): .* not found$",
        ),
        (
            'Error from server (Forbidden): deployments.apps "orders" is forbidden: User "x"\n',
            r"^kubectl get deployment/orders: Error from server \(Forbidden\): ",
        ),
        (
            "E1126 11:00:00.1 1 memcache.go:265] couldn't get current server API group list\n"
            "The connection to the server localhost:8080 was refused\n",
            r"^kubectl get deployment/orders: The connection to the server .* was refused$",
        ),
        ("", r"^kubectl get deployment/orders: no reason given$"),
    ],
)
def test_what_the_server_refuses_is_one_line_with_its_reason(
    cluster: Cluster, errors: str, expected: str
) -> None:
    cluster.says("get deployment/orders", err=errors, code=1)
    with pytest.raises(SourceError, match=expected) as caught:
        cluster.read("pods")
    assert "\n" not in str(caught.value)


def test_a_server_that_does_not_answer_is_cut(cluster: Cluster) -> None:
    cluster.says("get events", sleep=30)
    kubectl = Kubectl(WHERE, cluster.root, timeout=0.3)
    with pytest.raises(Hanging, match=r"no answer in 0\.3 s"):
        asyncio.run(kubectl.json("get", "events"))


def test_too_much_is_refused_as_an_object_and_cut_as_text(cluster: Cluster) -> None:
    cluster.says("get events", "x" * 1000, times=100)
    cluster.says("describe", "a line of it\n", times=10_000)
    kubectl = Kubectl(WHERE, cluster.root, limit=1000)
    with pytest.raises(SourceError, match=r"answers more than the 1000 bytes that are read$"):
        asyncio.run(kubectl.json("get", "events"))
    said = asyncio.run(kubectl.text("describe", "deployment/orders"))
    assert (len(said.body), said.truncated) == (1000, True)


def test_an_answer_in_another_form_is_no_answer(cluster: Cluster) -> None:
    cluster.says("get events", "no json")
    with pytest.raises(SourceError, match="answers no JSON object"):
        cluster.read("events")
    cluster.says("get events", {"items": [3]})
    with pytest.raises(SourceError, match="a form that is not events'"):
        cluster.read("events")


@pytest.mark.parametrize("words", [("delete", "pod"), ("rollout", "undo"), ("exec", "x"), ()])
def test_no_other_verb_can_be_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match="is not on the list of verbs"):
        Kubectl(WHERE, tmp_path).argv(*words)


def test_a_machine_without_kubectl_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (question, *_) = workload.first_look(SERVICE, tmp_path)
    with pytest.raises(SourceError, match=r"^kubectl is not installed$"):
        asyncio.run(question.read())


def test_nothing_is_asked_of_a_cluster_that_no_setting_names(tmp_path: Path) -> None:
    assert workload.first_look(Service(name="a"), tmp_path) == []


def test_the_complaint_is_the_servers_own_line() -> None:
    assert complaint("warning: x\nerror: no context blue\n") == "error: no context blue"


def test_rollouts_stand_in_for_a_deploy_log(cluster: Cluster, tmp_path: Path) -> None:
    made = {
        "metadata": {
            "creationTimestamp": "2025-11-23T13:58:51Z",
            "annotations": {"deployment.kubernetes.io/revision": "3"},
            "ownerReferences": [{"name": "orders"}],
        },
        "spec": {"template": {"spec": {"containers": [{"image": "orders:1.9"}]}}},
    }
    cluster.says("rollout history deployment/orders", "REVISION  CHANGE-CAUSE\n3  ship 1.9\n")
    cluster.says("get replicasets", {"items": [made]})
    settings = Settings(services=(SERVICE,))
    state = State(incident="INC-1", service="orders")
    bench = FakeBench(tmp_path, settings, state, FakeClock())
    read = asyncio.run(Desk(task("regression/verdict"), bench).deploys())
    assert read is not None
    log, eid = read
    (one,) = log.of("orders")
    assert (one.version, one.kind) == ("1.9", "rollout")
    assert bench.state.evidence[eid].source == "rollouts of deployment/orders"
    assert "ship 1.9" in bench.ledger.resolve(bench.state, f"{eid}:{one.line}")
