"""What a command run for a project sees of the environment: an allow-list, nothing else."""

import os
from collections.abc import Iterable

ALLOWED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "KUBECONFIG", "SSH_AUTH_SOCK")


def environment(**more: str) -> dict[str, str]:
    """The allowed variables that are set, and `more`."""
    return {name: os.environ[name] for name in ALLOWED if name in os.environ} | more


def variables(names: Iterable[str], **more: str) -> dict[str, str]:
    """The same, and those that an entry of the catalogue names, where they are set."""
    named = {name: os.environ[name] for name in names if name in os.environ}
    return environment(**named, **more)
