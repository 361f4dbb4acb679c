"""Run the service of a release, and end it when whoever started it is gone.

`keeper.py RELEASE PACKAGE ARGUMENTS...`; standard input is the lifeline: it stays open as long as
the supervisor lives, so not even a killed supervisor leaves a service behind. FILE_LIMIT in the
environment is how many bytes a file may grow to.
"""

import os
import resource
import runpy
import sys
import threading


def main() -> None:
    release, package = sys.argv[1:3]
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    limit = int(os.environ.get("FILE_LIMIT", "0"))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sys.path.insert(0, release)
    sys.argv = [package, *sys.argv[3:]]
    runpy.run_module(package, run_name="__main__")


def _end_with_supervisor() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
