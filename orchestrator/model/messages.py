"""The texts for people outside: where each is kept, and which deadline its sending keeps."""

MANAGEMENT = "communications/management-notification.md"
EXECUTIVE = "communications/executive-notification.md"
STATUS_PAGE = "communications/status-page-update.md"
NOTICE = "communications/resolution-notification.md"

TEXT_OF = {"management": MANAGEMENT, "executive": EXECUTIVE, "status-page": STATUS_PAGE}
"""Deadline name → the text whose sending keeps it."""
