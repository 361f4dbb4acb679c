"""What documents and prompts are written with; data of the package, no code."""
