"""A stand-in for an API server with one deployment that can be patched and scaled. No Kubernetes:
no controller runs, but each command line, discovery and precondition is the real kubectl's own.
"""

import contextlib
import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.real.test_kubectl import DEPLOYMENT, REPLICA_SET, cluster, listed

ORDERS = "/apis/apps/v1/namespaces/shop/deployments/orders"
REVISION = "deployment.kubernetes.io/revision"


def _replica_set(revision: str, image: str) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(REPLICA_SET)
    made["metadata"]["name"] = f"orders-{revision}"
    made["metadata"]["annotations"] = {REVISION: revision}
    made["spec"]["template"] = {
        "metadata": {"labels": {"app": "orders", "pod-template-hash": revision}},
        "spec": {"containers": [{"name": "app", "image": image}]},
    }
    return made


class Cluster(ThreadingHTTPServer):
    """Its one deployment, and what was really written to it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.deployment: dict[str, Any] = copy.deepcopy(DEPLOYMENT)
        self.deployment["metadata"] |= {"annotations": {REVISION: "2"}, "resourceVersion": "7"}
        self.written: list[str] = []

    @property
    def image(self) -> str:
        containers = self.deployment["spec"]["template"]["spec"]["containers"]
        return str(containers[0]["image"])

    def read(self, path: str) -> tuple[int, str]:
        if path == ORDERS:
            return 200, json.dumps(self.deployment)
        if path == f"{ORDERS}/scale":
            return 200, json.dumps(self._scale(self.deployment))
        if path.endswith("/replicasets"):
            both = [_replica_set("1", "orders:1.8"), _replica_set("2", "orders:1.9")]
            return 200, json.dumps(listed("apps/v1", "ReplicaSet", *both))
        status, body = cluster(path, {})
        if path == "/apis/apps/v1":
            known = json.loads(body)
            scale = {"name": "deployments/scale", "namespaced": True, "kind": "Scale"}
            scale |= {"group": "autoscaling", "version": "v1", "verbs": ["get", "update", "patch"]}
            known["resources"].append(scale)
            return status, json.dumps(known)
        return status, body

    def write(self, path: str, body: Any, how: str, dry: bool) -> tuple[int, str]:
        after = copy.deepcopy(self.deployment)
        if path.endswith("/scale"):
            after["spec"]["replicas"] = body["spec"]["replicas"]
        elif "json-patch" in how:
            for step in body:
                *parts, last = [p.replace("~1", "/") for p in step["path"].strip("/").split("/")]
                inside = after
                for part in parts:
                    inside = inside[part]
                inside[last] = step["value"]
        else:
            _merge(after, body)
        if not dry:
            self.deployment = after
            self.written.append(path.rpartition("/")[2])
        return 200, json.dumps(self._scale(after) if path.endswith("/scale") else after)

    @staticmethod
    def _scale(of: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": "autoscaling/v1",
            "kind": "Scale",
            "metadata": {"name": "orders", "namespace": "shop", "resourceVersion": "7"},
            "spec": {"replicas": of["spec"]["replicas"]},
            "status": {"replicas": of["spec"]["replicas"], "selector": "app=orders"},
        }


def _merge(into: dict[str, Any], patch: dict[str, Any]) -> None:
    """As a strategic merge does it, as far as a deployment's image and annotations need it."""
    for name, value in patch.items():
        if name == "containers":
            for one in value:
                next(c for c in into[name] if c["name"] == one["name"]).update(one)
        elif isinstance(value, dict):
            _merge(into.setdefault(name, {}), value)
        elif not name.startswith("$"):
            into[name] = value


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._say(*self._cluster.read(urlsplit(self.path).path))

    def do_PATCH(self) -> None:
        url = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        dry = "dryRun" in parse_qs(url.query)
        how = self.headers.get("Content-Type", "")
        self._say(*self._cluster.write(url.path, body, how, dry))

    def do_PUT(self) -> None:
        self.do_PATCH()

    @property
    def _cluster(self) -> Cluster:
        assert isinstance(self.server, Cluster)
        return self.server

    def _say(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    web = Cluster()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
