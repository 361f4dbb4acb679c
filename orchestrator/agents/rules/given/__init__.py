"""What each role reports of an incident that was opened on a bundle: only what the bundle shows."""
