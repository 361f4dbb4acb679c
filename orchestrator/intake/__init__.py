"""What opens an incident: alert formats and words, checked at the door."""
