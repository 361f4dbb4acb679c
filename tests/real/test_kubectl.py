"""The real kubectl against a stand-in for an API server: the stand-in is not Kubernetes, but every
command line, discovery, and the server's refusals are kubectl's own.
"""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.sources import workload
from orchestrator.evidence.sources.question import Reading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Kubernetes, Service
from tests.unit.http_server import Reply, Web, serving

pytestmark = pytest.mark.slow

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "orders", "namespace": "shop", "uid": "u1", "generation": 2},
    "spec": {
        "replicas": 2,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
        },
        "selector": {"matchLabels": {"app": "orders"}},
        "template": {
            "metadata": {"labels": {"app": "orders"}},
            "spec": {
                "containers": [
                    {
                        "name": "app",
                        "image": "orders:1.9",
                        "env": [{"name": "MOTTO", "value": "under the mat"}],
                    }
                ]
            },
        },
    },
    "status": {"readyReplicas": 1, "updatedReplicas": 2, "replicas": 2},
}
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "orders-1", "namespace": "shop", "labels": {"app": "orders"}},
    "spec": {"containers": [{"name": "app", "image": "orders:1.9"}]},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "app",
                "ready": False,
                "restartCount": 3,
                "image": "orders:1.9",
                "imageID": "",
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {
                    "terminated": {
                        "reason": "OOMKilled",
                        "exitCode": 137,
                        "startedAt": "2025-11-23T14:00:00Z",
                        "finishedAt": "2025-11-23T14:00:09Z",
                    }
                },
            }
        ],
    },
}
EVENT = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "e1", "namespace": "shop"},
    "type": "Warning",
    "reason": "BackOff",
    "message": "Back-off restarting failed container",
    "lastTimestamp": "2025-11-23T14:00:20Z",
    "count": 9,
    "involvedObject": {"kind": "Pod", "name": "orders-1"},
}
REPLICA_SET = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {
        "name": "orders-7d9",
        "namespace": "shop",
        "labels": {"app": "orders"},
        "annotations": {
            "deployment.kubernetes.io/revision": "2",
            "kubernetes.io/change-cause": "release 1.9",
        },
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "name": "orders",
                "uid": "u1",
                "controller": True,
            }
        ],
    },
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "orders"}},
        "template": {"metadata": {"labels": {"app": "orders"}}, "spec": {"containers": []}},
    },
}
KINDS = {
    "/api/v1": [("pods", "Pod"), ("events", "Event")],
    "/apis/apps/v1": [("deployments", "Deployment"), ("replicasets", "ReplicaSet")],
}


def listed(api: str, kind: str, *items: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": f"{kind}List", "metadata": {}, "items": list(items)}


def refused(code: int, reason: str, message: str) -> Reply:
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    return code, json.dumps({**said, "reason": reason, "message": message})


def cluster(path: str, given: dict[str, str]) -> Reply:
    namespace = "/namespaces/shop"
    answers: dict[str, Any] = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [
                {
                    "name": "apps",
                    "versions": [{"groupVersion": "apps/v1", "version": "v1"}],
                    "preferredVersion": {"groupVersion": "apps/v1", "version": "v1"},
                }
            ],
        },
        f"/api/v1{namespace}": {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "shop"},
        },
        f"/apis/apps/v1{namespace}/deployments/orders": DEPLOYMENT,
        f"/apis/apps/v1{namespace}/replicasets": listed("apps/v1", "ReplicaSet", REPLICA_SET),
        f"/api/v1{namespace}/pods": listed("v1", "Pod", POD),
        f"/api/v1{namespace}/pods/orders-1": POD,
        f"/api/v1{namespace}/events": listed("v1", "Event", EVENT),
    }
    for root, kinds in KINDS.items():
        resources = [
            {"name": name, "singularName": kind.lower(), "namespaced": True, "kind": kind}
            | {"verbs": ["get", "list"]}
            for name, kind in kinds
        ]
        group = root.removeprefix("/apis/").removeprefix("/api/")
        answers[root] = {"kind": "APIResourceList", "groupVersion": group, "resources": resources}
    if path.endswith("/log"):
        return 200, '{"ts": "2025-11-23T14:00:02Z", "level": "error", "msg": "pool is empty"}\n'
    if path in answers:
        return 200, json.dumps(answers[path])
    if "/namespaces/locked/" in path:
        return refused(403, "Forbidden", 'deployments.apps "orders" is forbidden: User "x" cannot')
    return refused(404, "NotFound", f'deployments.apps "{path.rpartition("/")[2]}" not found')


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    with serving(cluster) as web:
        web.headers["Content-Type"] = "application/json"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": web.address()}}],
            "contexts": [{"name": "blue", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {}}],
        }
        (tmp_path / "config").write_text(json.dumps(config))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        monkeypatch.setenv("HOME", str(tmp_path))
        yield web


def read(root: Path, name: str, namespace: str = "shop", of: str = "orders") -> Reading:
    where = Kubernetes(namespace=namespace, workload=f"deployment/{of}", context="blue")
    service = Service(name="orders", kubernetes=where)
    asked = workload.first_look(service, root) + workload.deep_look(service, root, 1_763_906_400.0)
    return asyncio.run(next(one for one in asked if one.name == name).read())


def test_pods_events_and_logs_are_read(server: Web, tmp_path: Path) -> None:
    pods = read(tmp_path, "pods")
    assert pods.content.startswith("deployment orders: 1 of 2 pods ready")
    assert "app waits: CrashLoopBackOff, last ended OOMKilled (exit code 137)" in (
        pods.remarks[1].text
    )
    assert read(tmp_path, "events").remarks[0].text.startswith("Warning Pod orders-1 ×9 BackOff")
    assert read(tmp_path, "logs of its pods").remarks[0].text.endswith("the last: pool is empty")
    asked = [given for path, given in server.asked if path.endswith("/log")]
    assert asked[0]["sinceTime"] == "2025-11-23T14:00:00Z"
    assert asked[0]["tailLines"] == "500"


def test_a_description_and_the_rollouts_are_read(server: Web, tmp_path: Path) -> None:
    described = read(tmp_path, "description")
    assert described.remarks[0].text == "Image: orders:1.9"
    assert "MOTTO: [left out]" in described.content
    assert "under the mat" not in described.content
    assert "2 release 1.9" in read(tmp_path, "rollouts").remarks[0].text


def test_what_is_not_there_and_what_is_forbidden_is_said(server: Web, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r'Error from server \(NotFound\): .*"stock" not found$'):
        read(tmp_path, "pods", of="stock")
    with pytest.raises(SourceError, match=r"Error from server \(Forbidden\): "):
        read(tmp_path, "pods", namespace="locked")


def test_a_server_that_is_gone_and_a_context_that_is_not_there_are_said(
    server: Web, tmp_path: Path
) -> None:
    text = (tmp_path / "config").read_text()
    (tmp_path / "config").write_text(text.replace(server.address(), "http://127.0.0.1:9"))
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9") as caught:
        read(tmp_path, "pods")
    assert "\n" not in str(caught.value)
    (tmp_path / "config").write_text(text.replace("blue", "green"))
    with pytest.raises(SourceError, match="blue"):
        read(tmp_path, "pods")
