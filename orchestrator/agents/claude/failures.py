"""What went wrong on the way to a model, in the few kinds that matter to us.

By what was measured of the SDK 2.x: an error in the middle of a stream is a plain `APIStatusError`
with status 200 whose `.type` tells the kind; a dropped or silent connection raises the HTTP
library's own errors; broken JSON raises `ValueError`.
"""

from collections.abc import Mapping
from typing import Any

from orchestrator.agents.claude.turn import Kind, TurnFailed
from orchestrator.evidence.safe import safe_text

_TYPES: dict[str, Kind] = {
    "rate_limit_error": "rate-limit",
    "overloaded_error": "overloaded",
    "api_error": "server",
    "timeout_error": "server",
    "authentication_error": "key",
    "permission_error": "key",
    "billing_error": "key",
    "not_found_error": "unknown-model",
    "request_too_large": "too-large",
    "invalid_request_error": "request",
}

_STATUS: dict[int, Kind] = {
    400: "request",
    401: "key",
    402: "key",
    403: "key",
    404: "unknown-model",
    408: "server",
    409: "server",
    413: "too-large",
    429: "rate-limit",
    529: "overloaded",
}

_TOO_LONG = ("prompt is too long", "context window", "exceed context", "too many tokens")
"""What a 400 says that is about length."""

_WORDS: dict[Kind, str] = {
    "rate-limit": "the model's rate limit is reached",
    "overloaded": "the model is overloaded",
    "server": "the model's server failed",
    "key": "the key was not accepted",
    "unknown-model": "there is no such model or address",
    "too-large": "the request is too large for the model",
    "request": "the request was not accepted",
}


def failed(error: Exception, key: str = "") -> TurnFailed:
    """The failure behind an exception of the SDK or of the HTTP library below it.

    Its line repeats no secret: not what looks like one, and not `key` whatever that looks like.
    """
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        return _status(error, key)
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
        return TurnFailed("stalled", "nothing came from the model for too long")
    if isinstance(error, httpx2.RemoteProtocolError):
        return TurnFailed("cut", "the connection to the model broke")
    if isinstance(error, anthropic.APIConnectionError | httpx2.HTTPError | OSError):
        return TurnFailed("unreachable", f"the model cannot be reached ({_cause(error, key)})")
    if isinstance(error, ImportError):
        return TurnFailed("request", f"the provider's extra is not installed ({error.name})")
    if isinstance(error, UnicodeEncodeError):
        return TurnFailed("request", "the request holds characters that cannot be sent")
    if isinstance(error, ValueError):
        return TurnFailed("malformed", "the model's answer cannot be read")
    return TurnFailed("request", f"the model cannot be asked: {_short(str(error), key)}")


def _status(error: Any, key: str) -> TurnFailed:
    said = _said(error)
    kind = _TYPES.get(str(getattr(error, "type", "") or "")) or _STATUS.get(error.status_code)
    kind = kind or ("server" if error.status_code >= 500 else "request")
    if kind == "request" and any(words in said.lower() for words in _TOO_LONG):
        kind = "too-large"
    headers = error.response.headers
    status = f" ({error.status_code})" if error.status_code != 200 else ""
    detail = f": {_short(said, key)}" if kind in ("request", "unknown-model", "key") else ""
    again = headers.get("x-should-retry") != "false"
    return TurnFailed(kind, f"{_WORDS[kind]}{status}{detail}", _after(headers), again)


def _after(headers: Any) -> float:
    """Seconds the other side says to wait; its date form is not worth reading here."""
    try:
        return max(0.0, float(headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _said(error: Any) -> str:
    """What the API says in words; a gateway may answer in any other form."""
    body = error.body.get("error") if isinstance(error.body, Mapping) else None
    said = body.get("message") if isinstance(body, Mapping) else None
    return str(said or getattr(error, "message", "") or error)


def _short(text: str, key: str) -> str:
    line = " ".join(safe_text(text.replace(key, "[the key]") if key else text).split())
    return line if len(line) <= 160 else f"{line[:158]} …"


def _cause(error: BaseException, key: str) -> str:
    inner = error.__cause__ or error
    return _short(str(inner) or type(inner).__name__, key)
