"""`python -m orchestrator.cli VERB`: the verbs where there is no screen, and the runner itself."""

import sys

from orchestrator.cli import WRONG_USE, main, refuse

if __name__ == "__main__":
    outcome = main(sys.argv[1:])
    if not isinstance(outcome, int):
        outcome = refuse("this needs a screen: run `warroom` itself, or add --headless", WRONG_USE)
    sys.exit(outcome)
