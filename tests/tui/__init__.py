"""Tests of the console: pure parts, single widgets in a small host, whole screens by pilot."""
