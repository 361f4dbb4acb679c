"""What a command run for a project sees of the environment: an allow-list, nothing else."""

import os

ALLOWED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "KUBECONFIG", "SSH_AUTH_SOCK")


def environment(**more: str) -> dict[str, str]:
    """The allowed variables that are set, and `more`."""
    return {name: os.environ[name] for name in ALLOWED if name in os.environ} | more
