"""A message as JSON to an http address, with its key in a header: status pages, own receivers."""

import json
from urllib.parse import urlsplit

from orchestrator.comms.order import Doubt, NotTaken, Order

LATER = frozenset({408, 425, 429, 500, 503})
"""Answers after which a repeat may be taken."""

UNSURE = frozenset({502, 504})
"""Said by somebody in between, who does not know what became of it."""


class Webhook:
    """Posts one object; a receiver that honours the key takes it once."""

    def __init__(self, url: str, timeout: float, repeatable: bool, token: str = "") -> None:
        self.repeatable = repeatable
        self._url, self._timeout, self._token = url, timeout, token

    def place(self) -> tuple[str, int] | None:
        found = urlsplit(self._url)
        return found.hostname or "", found.port or (443 if found.scheme == "https" else 80)

    def look(self, order: Order) -> bool:
        return False

    def hand(self, order: Order) -> str:
        import httpx2  # heavy, and only needed to send

        headers = {"Idempotency-Key": order.key, "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = {
            "key": order.key,
            "incident": order.incident,
            "document": order.path,
            "status": order.status,
            "subject": order.subject,
            "text": order.body,
        }
        try:
            with httpx2.Client(timeout=self._timeout) as client:
                answer = client.post(self._url, content=json.dumps(body), headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL) as error:
            raise NotTaken(f"no connection: {type(error).__name__}") from None
        except httpx2.HTTPError as error:
            raise Doubt(f"no answer: {type(error).__name__}") from None
        code = answer.status_code
        if 200 <= code < 300:
            return f"answered {code}"
        if code in UNSURE:
            raise Doubt(f"answered {code}")
        raise NotTaken(f"answered {code}", final=code not in LATER)
