"""Causes outside the changes, each by its own evidence. Pure: points, words and lines go in."""
