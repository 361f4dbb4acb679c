"""The orchestrator behind the war room: it knows incidents, and never a screen."""
