"""Evidence in files: reading a folder of what was observed, and ranking causes from it alone."""
