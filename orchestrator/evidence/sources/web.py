"""One HTTP request as a source: asked directly, cut by time and size, whatever a proxy is set."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from orchestrator.evidence.sources.source import BYTES, Hanging, SourceError, within


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer: a login page that says 200 must not pass for the service."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_PROXYLESS = urllib.request.ProxyHandler({})
_FOLLOWING = urllib.request.build_opener(_PROXYLESS)
_STAYING = urllib.request.build_opener(_PROXYLESS, _StayHere())


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address said; `truncated` when it had more to say than was read."""

    status: int
    body: str
    truncated: bool = False

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


async def ask(
    address: str,
    timeout: float,
    limit: int = BYTES,
    follow: bool = True,
    method: str = "GET",
    body: str = "",
) -> Answer:
    """What `address` answers, whatever its status. SourceError when nothing answers in time."""
    data = body.encode() if method == "POST" else None
    how = (_FOLLOWING if follow else _STAYING, method, data)
    return await within(timeout, address, lambda: _get(address, timeout, limit, how))


def _get(address: str, timeout: float, limit: int, how: tuple[Any, str, bytes | None]) -> Answer:
    opener, method, data = how
    try:
        wanted = urllib.request.Request(address, data, method=method)
        with opener.open(wanted, timeout=timeout) as response:
            return _read(response, response.status, limit)
    except urllib.error.HTTPError as error:
        with error:
            return _refusal(error, limit)
    except TimeoutError:
        raise Hanging(f"{address}: no answer in {timeout:g} s, cut") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Hanging(f"{address}: no answer in {timeout:g} s, cut") from None
        raise SourceError(f"{address}: {_reason(error.reason)}") from None
    except (OSError, ValueError, EOFError) as error:
        raise SourceError(f"{address}: {_reason(error)}") from None
    except Exception as error:  # http.client has its own family of protocol errors
        raise SourceError(f"{address}: {type(error).__name__}") from None


def _refusal(error: urllib.error.HTTPError, limit: int) -> Answer:
    try:
        return _read(error, error.code, limit)
    except Exception:  # the status has been told; a body that breaks off adds nothing
        return Answer(error.code, "")


def _read(response: Any, status: int, limit: int) -> Answer:
    body: bytes = response.read(limit + 1)
    return Answer(status, body[:limit].decode("utf-8", "replace"), len(body) > limit)


def _reason(reason: object) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.lower()
    return str(reason) or type(reason).__name__
