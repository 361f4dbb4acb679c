"""Sources against the real servers of Debian's packages; skipped where they are absent."""
