"""The texts for people outside: where each is kept, whom it is for, and which deadline it keeps."""

import re

ALERT = "communications/initial-alert.md"
MANAGEMENT = "communications/management-notification.md"
EXECUTIVE = "communications/executive-notification.md"
STATUS_PAGE = "communications/status-page-update.md"
NOTICE = "communications/resolution-notification.md"

TEXT_OF = {"management": MANAGEMENT, "executive": EXECUTIVE, "status-page": STATUS_PAGE}
"""Deadline name → the text whose sending keeps it."""

AUDIENCES = {
    ALERT: "alert",
    MANAGEMENT: "management",
    EXECUTIVE: "executive",
    STATUS_PAGE: "status-page",
    NOTICE: "resolution",
}
"""Text → the audience a channel must have to get it; see `audience_of`."""

_UPDATE = re.compile(r"communications/update-(\d{1,6})\.md")


def update_path(number: int) -> str:
    """Where the periodic update of that number is kept."""
    return f"communications/update-{number}.md"


def update_number(path: str) -> int:
    """Which periodic update a path is; 0 when it is none."""
    found = _UPDATE.fullmatch(path)
    return int(found.group(1)) if found else 0


def audience_of(path: str) -> str:
    """Whom a text is for; empty where no channel is asked for it."""
    return "update" if update_number(path) else AUDIENCES.get(path, "")


def stem_of(path: str) -> str:
    """`communications/update-3.md` as `update-3`."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def delivery_key(path: str, number: int, channel: str) -> str:
    """Names one text on its way to one channel for good."""
    return f"deliver/{stem_of(path)}/{number}/{channel}"


def sending_name(path: str) -> str:
    """The deadline at which a text goes out by itself."""
    return f"send {stem_of(path)}"
