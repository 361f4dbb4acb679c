"""The incident's flow, read from the top at every input: pure, no clock, no chance, no I/O."""
