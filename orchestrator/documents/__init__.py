"""The incident's documents: rendered from state and events alone, never from the present time."""
