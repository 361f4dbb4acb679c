"""What stands where a secret was."""

MARK = "[redacted]"
