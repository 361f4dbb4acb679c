"""The runner: the single writer of journals, its clocks, and the effects that follow its events."""
