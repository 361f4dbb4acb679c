"""One issue on GitHub for each preventive action, opened once however often it is tried.

Each issue carries a line that names its action. Before one is opened that line is looked for in the
issues of the repository, so a kill between opening and noting leaves no second one. Uses the
documented REST interface: list and create issues of a repository, version 2022-11-28.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.clock import iso
from orchestrator.documents.inert import inert, plain
from orchestrator.evidence.redaction import redact
from orchestrator.model.action_item import ActionItem

if TYPE_CHECKING:
    import httpx2

VERSION = "2022-11-28"
PAGE, MOST_PAGES = 100, 50
SECONDS = 20.0
UNSEEN = "\u200b"
"""Between an at-sign and a name it keeps GitHub from telling somebody of that name."""


class TicketError(Exception):
    """Why no issue could be opened or looked for, in one line without the token."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an issue says."""

    action: str
    title: str
    body: str
    marker: str
    """the line that names the action; the last of the body"""

    @property
    def text(self) -> str:
        """The issue as text to copy."""
        return f"{self.title}\n\n{self.body}"


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue that stands for an action."""

    url: str
    was_there: bool


def ticket(project: str, incident_title: str, item: ActionItem) -> Ticket:
    """The issue for an action. What others wrote is redacted, inert, and notifies nobody."""
    incident = item.id.partition("/")[0]
    marker = f"<!-- warroom action {_name(project)} {item.id} -->"
    due = iso(item.due)[:10] if item.due else "UNKNOWN"
    said = [
        _harmless(item.text),
        "",
        f"- **Incident**: {_harmless(f'{incident}: {incident_title}')}",
        f"- **Owner**: {_harmless(item.owner)}",
        f"- **Due**: {due}",
        f"- **Evidence**: {_harmless(', '.join(item.evidence)) or 'none: an assumption'}",
        "",
        marker,
    ]
    title = plain(redact(item.text)[0]).replace("@", f"@{UNSEEN}")
    return Ticket(item.id, f"[{incident} A{item.number}] {title}"[:250], "\n".join(said), marker)


def _harmless(text: str) -> str:
    return str(inert(redact(text)[0])).replace("@", f"@{UNSEEN}")


def _name(project: str) -> str:
    """A project's name where a comment must not end early."""
    return plain(project).replace("--", "-").replace(">", "").replace(" ", "-") or "project"


class Tracker:
    """The issues of one repository."""

    def __init__(self, base_url: str, repo: str, token: str, seconds: float = SECONDS) -> None:
        import httpx2  # 40 ms that only this command needs

        self._path = f"/repos/{repo}/issues"
        self._repo, self._token = repo, token
        self._web = httpx2.Client(
            base_url=base_url,
            timeout=seconds,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "X-GitHub-Api-Version": VERSION,
                "User-Agent": "warroom",
            },
        )

    def close(self) -> None:
        self._web.close()

    def open(self, wanted: Ticket, since: float) -> Opened:
        """The issue for an action: the one that is there, else a new one.

        `since`: nothing that was last changed before it is looked at. TicketError says why not.
        """
        for issue in self._issues(since):
            if wanted.marker in str(issue.get("body") or ""):
                return Opened(_url(issue), True)
        made = self._ask("POST", json={"title": wanted.title, "body": wanted.body})
        return Opened(_url(self._object(made)), False)

    def _issues(self, since: float) -> Iterator[dict[str, Any]]:
        """Open and closed issues, the newest first; pull requests are in the same list."""
        for page in range(1, MOST_PAGES + 1):
            params = {
                "state": "all",
                "since": f"{iso(since)[:19]}Z",
                "per_page": str(PAGE),
                "page": str(page),
            }
            found = _json(self._ask("GET", params=params))
            if not isinstance(found, list):
                raise TicketError(f"{self._repo}: the list of issues is no list")
            yield from (one for one in found if isinstance(one, dict))
            if len(found) < PAGE:
                return
        raise TicketError(
            f"{self._repo}: more than {PAGE * MOST_PAGES} issues changed since then, so whether "
            "one is there cannot be told; open it by hand"
        )

    def _ask(self, method: str, **more: Any) -> "httpx2.Response":
        import httpx2

        try:
            answer = self._web.request(method, self._path, **more)
        except httpx2.TimeoutException as error:
            raise TicketError(f"{self._repo}: no answer in time; try again") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            why = plain(str(error)).replace(self._token, "…") or type(error).__name__
            raise TicketError(f"{self._repo}: cannot be reached ({why})") from error
        if answer.status_code not in (200, 201):
            raise TicketError(f"{self._repo}: {self._refusal(answer)}")
        return answer

    def _refusal(self, answer: "httpx2.Response") -> str:
        """What a status means here, with GitHub's own word."""
        code = answer.status_code
        body = _json(answer)
        said = plain(str(body.get("message", "")))[:200] if isinstance(body, dict) else ""
        said = redact(said.replace(self._token, "…"))[0]
        spent = answer.headers.get("x-ratelimit-remaining") == "0" or code == 429
        if spent or "retry-after" in answer.headers:
            wait = answer.headers.get("retry-after", "")
            meaning = f"too many requests{f', try again in {wait} s' if wait.isdigit() else ''}"
        else:
            meaning = _MEANINGS.get(code, f"answered {code}")
        return f"{meaning}{f' ({said})' if said else ''}"

    def _object(self, answer: "httpx2.Response") -> dict[str, Any]:
        body = _json(answer)
        if not isinstance(body, dict):
            raise TicketError(f"{self._repo}: the new issue is not told; look before trying again")
        return body


_MEANINGS = {
    301: "has moved: write its new name into [tickets]",
    307: "has moved: write its new name into [tickets]",
    401: "the token is not accepted",
    403: "the token may not open issues there",
    404: "there is no such repository, or the token may not see it",
    410: "issues are switched off there",
    422: "the issue was not accepted",
}


def _json(answer: "httpx2.Response") -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _url(issue: dict[str, Any]) -> str:
    url = str(issue.get("html_url") or "")
    if not url.startswith(("https://", "http://")) or len(url) > 500:
        raise TicketError("the issue is there, and its address is not told")
    return url
