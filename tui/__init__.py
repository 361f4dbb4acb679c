"""The console: what the on-call engineer sees, and nothing that decides."""
