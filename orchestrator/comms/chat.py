"""Every other service that apprise knows: chat, push, paging. ntfy can be asked what it has."""

import hashlib
import json
import logging
import re
import threading
from typing import Any

from orchestrator.comms.order import Doubt, NotTaken, Order

_ANSWERED = re.compile(r"error=(\d{3})")
_NEVER_LEFT = (
    "Failed to establish a new connection",
    "ConnectTimeout",
    "NameResolutionError",
    "Connection refused",
    "NewConnectionError",
)
"""What apprise's own log says of a message that never left this machine."""

_OWN_HOST = frozenset(
    {
        "NotifyForm",
        "NotifyGotify",
        "NotifyJSON",
        "NotifyMatrix",
        "NotifyMattermost",
        "NotifyRocketChat",
        "NotifyXML",
    }
)
"""Services that a team runs itself: what stands in the place of the host is one."""


class Chat:
    """Hands over through apprise, and reads in its log why it did not work."""

    repeatable = False

    def __init__(self, parsed: Any, timeout: float) -> None:
        self._service = parsed
        parsed.socket_connect_timeout = parsed.socket_read_timeout = timeout

    def place(self) -> tuple[str, int] | None:
        service = self._service
        if type(service).__name__ not in _OWN_HOST:
            return None
        return str(service.host), int(service.port or (443 if service.secure else 80))

    def look(self, order: Order) -> bool:
        return False

    def hand(self, order: Order) -> str:
        import apprise

        with _Said() as said:
            taken = self._service.notify(
                title=order.subject, body=order.body, body_format=apprise.NotifyFormat.TEXT
            )
        if taken:
            return "taken"
        code = _ANSWERED.search(said.text)
        if code is not None:
            number = int(code.group(1))
            if number in (502, 504):
                raise Doubt(f"answered {number}")
            raise NotTaken(f"answered {number}", final=400 <= number < 500 and number != 429)
        if any(words in said.text for words in _NEVER_LEFT):
            raise NotTaken("no connection")
        raise Doubt("no answer")


class Ntfy(Chat):
    """ntfy keeps its messages for a while: a tag made from the key finds ours again."""

    repeatable = True

    def __init__(self, parsed: Any, timeout: float, url: str) -> None:
        super().__init__(parsed, timeout)
        self._url, self._timeout = url, timeout

    def hand(self, order: Order) -> str:
        import apprise

        # the tag is part of the address, so each message needs an address of its own
        join = "&" if "?" in self._url else "?"
        tagged = apprise.Apprise.instantiate(f"{self._url}{join}xtags={_tag(order)}")
        return Chat(tagged, self._timeout).hand(order)

    def place(self) -> tuple[str, int] | None:
        service = self._service
        if service.mode == "cloud":
            return "ntfy.sh", 443
        return str(service.host), int(service.port or (443 if service.secure else 80))

    def look(self, order: Order) -> bool:
        import httpx2

        service = self._service
        if service.mode == "cloud":
            base = "https://ntfy.sh"
        else:
            port = f":{service.port}" if service.port else ""
            base = f"{'https' if service.secure else 'http'}://{service.host}{port}"
        headers = {"Authorization": f"Bearer {service.token}"} if service.token else {}
        login = (service.user, service.password or "") if service.user else None
        try:
            with httpx2.Client(timeout=self._timeout, auth=login, headers=headers) as client:
                found = client.get(
                    f"{base}/{service.topics[0]}/json", params={"poll": "1", "since": "12h"}
                )
                found.raise_for_status()
        except httpx2.HTTPError as error:
            raise Doubt(f"it cannot be asked: {type(error).__name__}") from None
        return any(_tag(order) in _tags(line) for line in found.text.splitlines())


def _tag(order: Order) -> str:
    return f"warroom-{hashlib.sha256(order.key.encode()).hexdigest()[:24]}"


def _tags(line: str) -> list[str]:
    try:
        found = json.loads(line)
    except ValueError:
        return []
    tags = found.get("tags") if isinstance(found, dict) else None
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


class _Said(logging.Handler):
    """What apprise logs in this thread; kept nowhere, for it may hold addresses."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.text += record.getMessage() + "\n"

    def __enter__(self) -> "_Said":
        logger = logging.getLogger("apprise")
        logger.propagate = False  # its words may name a token: they stay out of our log
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
