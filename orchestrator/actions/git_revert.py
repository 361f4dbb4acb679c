"""Reverts one commit of a branch on its remote, in a scratch worktree; the checkout is not touched.

Run by path as a command of the catalogue (`adapter = "git"`):

    git_revert.py REPO REMOTE BRANCH head                     prints the branch's newest commit
    git_revert.py REPO REMOTE BRANCH rehearse COMMIT EXPECTED reverts and tries the push, pushes not
    git_revert.py REPO REMOTE BRANCH revert COMMIT EXPECTED   reverts and pushes
    git_revert.py REPO REMOTE BRANCH restore COMMIT           reverts that revert and pushes

The push is refused by git itself when the branch is no longer where it was expected. Standard
library only; nothing of the project is imported. Exit codes: 0 done, 1 git refused, 2 wrong use.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


class Refused(Exception):
    """Why it cannot be done, in one line."""


def main(argv: list[str]) -> int:
    try:
        repo, remote, branch, verb, *rest = argv
        wanted = {"head": 0, "rehearse": 2, "revert": 2, "restore": 1}[verb]
        if len(rest) != wanted:
            raise ValueError
    except (ValueError, KeyError):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    try:
        tip = _tip(repo, remote, branch)
        if verb == "head":
            print(tip)
            return 0
        if verb != "restore" and tip != rest[1]:
            raise Refused(f"{branch} is at {tip[:12]} now, not at {rest[1][:12]}")
        _git(repo, "fetch", "--quiet", remote, tip)
        commit = _commit(repo, tip, rest[0])
        if verb == "restore":
            commit = _revert_of(repo, tip, commit)
        made = _reverted(repo, remote, branch, tip, commit, push=verb != "rehearse")
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    done = "would be" if verb == "rehearse" else "is now"
    print(f"{branch} on {remote} {done} {made}: {commit[:12]} reverted")
    return 0


def _tip(repo: str, remote: str, branch: str) -> str:
    said = _git(repo, "ls-remote", "--exit-code", remote, f"refs/heads/{branch}")
    return said.split()[0]


def _commit(repo: str, tip: str, named: str) -> str:
    """The whole hash of a commit that is on the branch and no merge."""
    commit = _git(repo, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}").strip()
    if subprocess.run(
        _argv(repo, "merge-base", "--is-ancestor", commit, tip), check=False
    ).returncode:
        raise Refused(f"{named} is not on the branch")
    if len(_git(repo, "rev-list", "--parents", "-n", "1", commit).split()) != 2:
        raise Refused(f"{named} is a merge or the first commit: revert it by hand")
    return commit


def _revert_of(repo: str, tip: str, commit: str) -> str:
    said = f"This reverts commit {commit}"
    found = _git(repo, "log", "--format=%H", "--fixed-strings", f"--grep={said}", "-n", "1", tip)
    if not found.strip():
        raise Refused(f"{commit[:12]} was not reverted on the branch")
    return found.strip()


def _reverted(repo: str, remote: str, branch: str, tip: str, commit: str, *, push: bool) -> str:
    """The new commit, made beside the checkout; pushed only onto the tip it was made for."""
    with tempfile.TemporaryDirectory(prefix="revert-") as scratch:
        tree = str(Path(scratch) / "tree")
        _git(repo, "worktree", "add", "--quiet", "--detach", tree, tip)
        try:
            _git(tree, "revert", "--no-edit", commit)
            made = _git(tree, "rev-parse", "HEAD").strip()
        finally:
            _git(repo, "worktree", "remove", "--force", tree)
    lease = f"--force-with-lease=refs/heads/{branch}:{tip}"
    dry = [] if push else ["--dry-run"]
    # from the checkout: a remote may be a path that is relative to it
    _git(repo, "push", "--quiet", *dry, lease, remote, f"{made}:refs/heads/{branch}")
    return made


def _git(repo: str, *words: str) -> str:
    done = subprocess.run(
        _argv(repo, *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "LC_ALL": "C"},
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Refused(f"git {words[0]}: {lines[-1] if lines else f'exit {done.returncode}'}")
    return done.stdout


def _argv(repo: str, *words: str) -> list[str]:
    return ["git", "-C", repo, *words]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
