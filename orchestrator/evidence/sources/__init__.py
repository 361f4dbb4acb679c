"""Read-only sources, one file each: bounded in time and size, and never blocking the loop."""
