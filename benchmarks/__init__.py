"""Measurements and long proofs: each prints what it measured and fails when a promise is broken."""
