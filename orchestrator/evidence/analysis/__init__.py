"""Thinking about evidence: pure, deterministic, without I/O, and knowing no service by name."""
