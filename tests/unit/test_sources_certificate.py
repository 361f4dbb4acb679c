"""A certificate is read whatever is wrong with it, and each of its faults is named."""

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.evidence.sources import certificate, x509
from orchestrator.evidence.sources.question import Question, Reading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Certificate
from tests.unit.certificates import answering, made, showing

NOW = 1_763_906_400.0
PAST = ("20200101000000Z", "20250101000000Z")
YEARS = ("20250101000000Z", "20491231235959Z")


def asked(root: Path, port: int, host: str = "127.0.0.1", **more: str) -> Question:
    wanted = Certificate.model_validate({"address": f"{host}:{port}", **more})
    return certificate.question(wanted, root, FakeClock(NOW), timeout=2.0)


def read(root: Path, port: int, **more: str) -> Reading:
    return asyncio.run(asked(root, port, **more).read())


def told(reading: Reading) -> list[str]:
    return [remark.text.partition(" ")[2].partition(" ")[2] for remark in reading.remarks]


def line(reading: Reading, remark: int = 0) -> str:
    return reading.content.splitlines()[reading.remarks[remark].line - 1]


def test_a_valid_one_is_well(tmp_path: Path) -> None:
    made(tmp_path, "own-ca", days=YEARS)
    with showing(made(tmp_path, "shop", days=YEARS, signed_by="own-ca")) as port:
        reading = read(tmp_path, port, ca="own-ca.crt")
        checked = asyncio.run(asked(tmp_path, port, ca="own-ca.crt").check())
    assert not reading.ill
    assert reading.content.splitlines() == [
        f"127.0.0.1:{port} asked as 127.0.0.1",
        "subject: CN=shop, O=Tests",
        "issuer: CN=own-ca, O=Tests",
        "names: localhost, 127.0.0.1",
        "valid from: 2025-01-01T00:00:00.000Z",
        "valid until: 2049-12-31T23:59:59.000Z (in 8804 days)",
        "signer: trusted",
    ]
    assert checked.said.endswith("is well until 2049-12-31")
    assert not checked.warning


def test_an_expired_one_is_read_and_told(tmp_path: Path) -> None:
    made(tmp_path, "own-ca", days=YEARS)
    with showing(made(tmp_path, "shop", days=PAST, signed_by="own-ca")) as port:
        reading = read(tmp_path, port, ca="own-ca.crt")
        checked = asyncio.run(asked(tmp_path, port, ca="own-ca.crt").check())
    assert told(reading) == [f"of 127.0.0.1:{port} has expired 327 days ago"]
    assert line(reading).startswith("valid until: 2025-01-01")
    assert checked.warning == reading.remarks[0].text


def test_one_that_ends_soon_is_worth_a_word_but_not_ill(tmp_path: Path) -> None:
    days = ("20250101000000Z", "20251130000000Z")
    made(tmp_path, "own-ca", days=YEARS)
    with showing(made(tmp_path, "shop", days=days, signed_by="own-ca")) as port:
        question = asked(tmp_path, port, ca="own-ca.crt")
        reading = certificate.reading("a:1", "a", x509.Facts("", "", ("a",), 0, NOW + 6e5), "", NOW)
        checked = asyncio.run(question.check())
    assert reading.remarks[0].text == "the certificate of a:1 expires in 7 days"
    assert not reading.ill
    assert checked.warning


def test_a_self_signed_one_is_read_and_told(tmp_path: Path) -> None:
    with showing(made(tmp_path, "shop", days=YEARS)) as port:
        reading = read(tmp_path, port)
    assert reading.ill
    assert "is not trusted: self" in reading.remarks[0].text
    assert line(reading).startswith("signer: self")


def test_one_for_another_name_is_told_with_the_names_it_has(tmp_path: Path) -> None:
    made(tmp_path, "own-ca", days=YEARS)
    names = "DNS:*.shop.example,DNS:pay.example"
    with showing(made(tmp_path, "shop", names=names, days=YEARS, signed_by="own-ca")) as port:
        wrong = read(tmp_path, port, ca="own-ca.crt", name="shop.example")
        right = read(tmp_path, port, ca="own-ca.crt", name="eu.shop.example")
    assert told(wrong) == [
        f"of 127.0.0.1:{port} is not for shop.example but for *.shop.example, pay.example"
    ]
    assert line(wrong) == "names: *.shop.example, pay.example"
    assert not right.ill


def test_faults_do_not_hide_each_other(tmp_path: Path) -> None:
    with showing(made(tmp_path, "shop", names="DNS:pay.example", days=PAST)) as port:
        reading = read(tmp_path, port)
    kinds = [remark.text.partition(f"{port} ")[2][:8] for remark in reading.remarks]
    assert kinds[:2] == ["has expi", "is not f"]
    assert "\n" not in "".join(remark.text for remark in reading.remarks)


def test_what_does_not_speak_tls_says_so(tmp_path: Path) -> None:
    def greet(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

    with answering(greet) as port, pytest.raises(SourceError, match=r"does not speak TLS$"):
        read(tmp_path, port)


def test_one_that_takes_the_call_and_says_nothing_is_cut(tmp_path: Path) -> None:
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        over.wait(10)

    with answering(silent) as port:
        wanted = Certificate(address=f"127.0.0.1:{port}")
        question = certificate.question(wanted, tmp_path, FakeClock(NOW), timeout=0.3)
        with pytest.raises(SourceError, match=r"no answer in 0\.3 s$"):
            asyncio.run(question.read())
        over.set()


def test_where_nothing_listens_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^127\.0\.0\.1:9: connection refused$"):
        read(tmp_path, 9)


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with (
        showing(made(tmp_path, "shop", days=YEARS)) as port,
        pytest.raises(SourceError, match=r"^gone\.crt: holds no certificate of an authority$"),
    ):
        read(tmp_path, port, ca="gone.crt")


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x80", b"\x30\x03\x02\x01\x01", b"\x04\x00"])
def test_bytes_that_are_no_certificate_are_refused(der: bytes) -> None:
    with pytest.raises(ValueError, match=r"certificate|DER|element"):
        x509.read(der)
