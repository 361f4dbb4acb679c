"""A workload in a Kubernetes cluster, read through kubectl with this user's contexts and rights.

Only the verbs below can be said, each as an argument list; none of them changes anything.
"""

import json
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestrator.environment import environment
from orchestrator.evidence.sources.process import Output, run
from orchestrator.evidence.sources.source import BYTES, SourceError
from orchestrator.settings import Kubernetes

VERBS = (("get",), ("describe",), ("logs",), ("rollout", "history"))
"""What kubectl may be told to do."""

TIMEOUT = 10.0
_IN_CLUSTER = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
_KLOG = re.compile(r"^[EWIF]\d{4} ")
"""Lines of its own log, which repeat one cause several times."""
_TELLING = ("error", "unable to connect", "the connection to the server", "panic:")
"""How lines begin that tell what went wrong."""


class Kubectl:
    """kubectl for one workload; every call is cut at `timeout` seconds and `limit` bytes."""

    def __init__(
        self, where: Kubernetes, root: Path, timeout: float = TIMEOUT, limit: int = BYTES
    ) -> None:
        self.where = where
        self._root = root
        self.timeout = timeout
        self.limit = limit

    def argv(self, *words: str) -> list[str]:
        """The whole command. SourceError for a verb that is not on the list."""
        if not any(words[: len(verb)] == verb for verb in VERBS):
            raise SourceError(f"kubectl {words[0] if words else ''}: is not on the list of verbs")
        context = [f"--context={self.where.context}"] if self.where.context else []
        # a little less than the whole, so that kubectl itself can say what it waited for
        patience = max(1, int(self.timeout) - 1)
        common = [f"--namespace={self.where.namespace}", f"--request-timeout={patience}s"]
        return ["kubectl", *context, *common, *words]

    def shown(self, *words: str) -> str:
        """The command as it is shown."""
        return shlex.join(self.argv(*words))

    async def text(self, *words: str) -> Output:
        """What it prints. SourceError is one line with the server's own reason."""
        argv = self.argv(*words)
        env = environment(**{name: os.environ[name] for name in _IN_CLUSTER if name in os.environ})
        said = await run(argv, self._root, env, self.timeout, self.limit)
        if said.code != 0:
            raise SourceError(f"kubectl {_asked(words)}: {complaint(said.errors)}")
        return said

    async def json(self, *words: str) -> dict[str, Any]:
        """The object it prints with `-o json`."""
        said = await self.text(*words, "--output=json")
        if said.truncated:
            raise SourceError(
                f"kubectl {_asked(words)}: answers more than the {self.limit} bytes that are read"
            )
        try:
            found: Any = json.loads(said.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SourceError(f"kubectl {_asked(words)}: answers no JSON object")
        return found


def complaint(errors: str) -> str:
    """The line that says what went wrong: the server's or kubectl's own, else the last one."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    lines = [line for line in lines if not _KLOG.match(line)] or lines
    told = [line for line in lines if line.lower().startswith(_TELLING)]
    return (told or lines[-1:] or ["no reason given"])[0]


def _asked(words: Sequence[str]) -> str:
    return " ".join(word for word in words if not word.startswith("-"))
