"""The commit that brought a fault, found by running a test on versions in a clone of its own."""
