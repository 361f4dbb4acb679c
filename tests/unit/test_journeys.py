"""What users do, walked once: every step has to answer as the operator says."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.actions.journeys import walk
from orchestrator.settings import Service
from tests.unit.http_server import serving


def shop(path: str, given: dict[str, str]) -> tuple[int, str]:
    return {"/cart": (200, "your cart"), "/moved": (302, ""), "/healthz": (200, "ok")}.get(
        path, (500, "broken")
    )


def service(url: str, *steps: dict[str, Any], **more: Any) -> Service:
    journey = {"name": "buy", "url": url, "steps": list(steps)}
    return Service.model_validate({"name": "orders", "journeys": [journey], **more})


def check(*steps: dict[str, Any]) -> dict[str, Any]:
    with serving(shop) as web:
        return asyncio.run(walk(service(web.address(), *steps)))[0]


def test_a_journey_passes_when_every_step_answers_as_it_should() -> None:
    seen = check({"path": "/cart", "contains": "cart"}, {"path": "/moved", "status": 302})
    assert (seen["name"], seen["state"], seen["why"]) == ("journey: buy", "pass", "")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"path": "/pay"}, "step 2, /pay: answers 500, not 200"),
        ({"path": "/cart", "contains": "receipt"}, "step 2, /cart: does not say 'receipt'"),
        ({"path": "/moved"}, "step 2, /moved: answers 302, not 200"),
    ],
)
def test_it_fails_at_its_first_step_that_does_not(step: dict[str, Any], why: str) -> None:
    seen = check({"path": "/cart"}, step, {"path": "/never"})
    assert (seen["state"], seen["why"]) == ("fail", why)


def test_steps_after_a_failed_one_are_not_asked() -> None:
    with serving(shop) as web:
        asyncio.run(walk(service(web.address(), {"path": "/pay"}, {"path": "/cart"})))
        assert [path for path, _ in web.asked] == ["/pay"]


def test_an_address_nobody_answers_at_fails_and_says_so() -> None:
    seen = asyncio.run(walk(service("http://127.0.0.1:9", {"path": "/cart"})))[0]
    assert seen["state"] == "fail"
    assert "refused" in seen["why"]


def test_a_health_address_that_the_settings_name_is_a_check_of_its_own() -> None:
    with serving(shop) as web:
        own = Service.model_validate({"name": "orders", "health": web.address("/healthz")})
        ill = Service.model_validate({"name": "orders", "health": web.address("/down")})
        assert asyncio.run(walk(own))[0]["state"] == "pass"
        assert asyncio.run(walk(ill))[0]["why"] == "answers 500"


def test_only_a_method_the_operator_wrote_down_is_anything_but_a_get() -> None:
    made = service("http://h", {"path": "/a"}, {"path": "/b", "method": "POST", "body": "x"})
    assert [step.method for step in made.journeys[0].steps] == ["GET", "POST"]


@pytest.mark.parametrize(
    "step",
    [
        {"path": "cart"},
        {"path": "/cart", "method": "DELETE"},
        {"path": "/cart", "body": "x"},
        {"path": "/cart", "method": "HEAD", "contains": "x"},
        {"path": "/cart", "timeout": 0},
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        service("http://h", step)


class SignIn(BaseHTTPRequestHandler):
    """Sends everybody to a page where one signs in, which answers 200."""

    def do_GET(self) -> None:
        here = self.path == "/login"
        self.send_response(200 if here else 302)
        if not here:
            self.send_header("Location", "/login")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_a_health_address_that_leads_to_a_sign_in_is_not_well() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SignIn) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/healthz"
        own = Service.model_validate({"name": "orders", "health": address})
        seen = asyncio.run(walk(own))[0]
        server.shutdown()
    assert (seen["state"], seen["why"]) == ("fail", "answers 302")
