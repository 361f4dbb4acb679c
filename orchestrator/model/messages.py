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
_FURTHER = re.compile(r"(communications/[a-z-]+)-([2-9]|[1-9]\d{1,5})\.md")


def update_path(number: int) -> str:
    """Where the periodic update of that number is kept."""
    return f"communications/update-{number}.md"


def update_number(path: str) -> int:
    """Which periodic update a path is; 0 when it is none."""
    found = _UPDATE.fullmatch(path)
    return int(found.group(1)) if found else 0


def further_path(path: str, number: int) -> str:
    """Where the further word to the readers of a text is kept; from number 2 on."""
    return f"{path.removesuffix('.md')}-{number}.md"


def first_of(path: str) -> str:
    """The text that a further word follows; any other path is its own first."""
    found = _FURTHER.fullmatch(path)
    first = f"{found.group(1)}.md" if found else ""
    return first if first in TEXT_OF.values() else path


def further_number(path: str) -> int:
    """Which word to the same readers a text is, from 2 on; 0 when it is the first."""
    found = _FURTHER.fullmatch(path)
    return int(found.group(2)) if found and first_of(path) != path else 0


def audience_of(path: str) -> str:
    """Whom a text is for; empty where no channel is asked for it."""
    return "update" if update_number(path) else AUDIENCES.get(first_of(path), "")


def stem_of(path: str) -> str:
    """`communications/update-3.md` as `update-3`."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def delivery_key(path: str, number: int, channel: str) -> str:
    """Names one text on its way to one channel for good."""
    return f"deliver/{stem_of(path)}/{number}/{channel}"


def sending_name(path: str) -> str:
    """The deadline at which a text goes out by itself."""
    return f"send {stem_of(path)}"
