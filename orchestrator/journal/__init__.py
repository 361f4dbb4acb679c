"""The journal is the incident: append, read, tail, verify, snapshots and transcripts."""
