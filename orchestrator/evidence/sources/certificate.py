"""The certificate an address shows: whom it is for, who signed it, until when, and whether clients
would take it. Read without trusting it, so that an expired or self-signed one is read as well.
"""

import contextlib
import socket
import ssl
from pathlib import Path

from orchestrator.clock import Clock, iso
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources import x509
from orchestrator.evidence.sources.question import Checked, Question, Reading, Remark
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.evidence.sources.x509 import Facts
from orchestrator.settings import Certificate, Service

TIMEOUT = 5.0
SOON = 14 * 86400.0
"""Seconds before its end from which a certificate is worth a word."""

_DAY = 86400.0


def questions(service: Service, root: Path, clock: Clock) -> list[Question]:
    """One question for each certificate of the service."""
    return [question(one, root, clock) for one in service.certificates]


def question(wanted: Certificate, root: Path, clock: Clock, timeout: float = TIMEOUT) -> Question:
    """The certificate at an address as a question."""
    name = wanted.name or wanted.host

    async def look() -> tuple[Facts, str]:
        der, trust = await within(
            2 * timeout + 1, wanted.address, lambda: _shown(wanted, name, root, timeout)
        )
        try:
            return x509.read(der), trust
        except ValueError as error:
            why = f"its certificate cannot be read: {error}"
            raise SourceError(f"{wanted.address}: {why}") from None

    async def read() -> Reading:
        facts, trust = await look()
        return reading(wanted.address, name, facts, trust, clock.now())

    async def check() -> Checked:
        facts, trust = await look()
        first = reading(wanted.address, name, facts, trust, clock.now()).remarks[0]
        if first.ill or facts.ends - clock.now() < SOON:
            mend = "renew or replace it, or set name or ca under [[services.certificates]]"
            return Checked(first.text, first.text, mend)
        return Checked(first.text)

    return Question(
        about="certificate",
        name=wanted.address,
        kind="certificate",
        source=wanted.address,
        command=f"TLS handshake with {wanted.address} as {name}, certificate only",
        reader=read,
        checker=check,
        mend="start what listens there, or correct [[services.certificates]]",
        timeout=timeout,
        limit=65536,
    )


def reading(address: str, name: str, facts: Facts, trust: str, now: float) -> Reading:
    """The facts, a line each; `trust` is why clients refuse its signer, empty when they do not."""
    fits = any(_covers(one, name) for one in facts.names)
    lines = [
        f"{address} asked as {name}",
        f"subject: {facts.subject}",
        f"issuer: {facts.issuer}",
        f"names: {', '.join(facts.names) or 'none'}",
        f"valid from: {iso(facts.begins)}",
        f"valid until: {iso(facts.ends)} ({_when(facts.ends - now)})",
        f"signer: {trust or 'trusted'}",
    ]
    remarks: list[Remark] = []
    if facts.ends <= now:
        remarks.append(Remark(f"the certificate of {address} {_when(facts.ends - now)}", 6, True))
    if facts.begins > now:
        text = f"the certificate of {address} is not valid before {iso(facts.begins)}"
        remarks.append(Remark(text, 5, True))
    if not fits:
        text = f"the certificate of {address} is not for {name} but for {', '.join(facts.names)}"
        remarks.append(Remark(text, 4, True))
    if trust and not (facts.ends <= now and "expired" in trust):
        remarks.append(Remark(f"the certificate of {address} is not trusted: {trust}", 7, True))
    if not remarks:
        soon = facts.ends - now < SOON
        text = f"expires in {(facts.ends - now) / _DAY:.0f} days" if soon else "is well"
        until = "" if soon else f" until {iso(facts.ends)[:10]}"
        remarks.append(Remark(f"the certificate of {address} {text}{until}", 6))
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks), from_at=now, to_at=now)


def _shown(wanted: Certificate, name: str, root: Path, timeout: float) -> tuple[bytes, str]:
    """Its DER bytes, and why a client would not trust its signer; empty when one would."""
    der = _handshake(wanted, name, _accepting(), timeout)
    if not der:
        raise SourceError(f"{wanted.address}: shows no certificate")
    try:
        _handshake(wanted, name, _judging(wanted, root), timeout)
    except ssl.SSLCertVerificationError as error:
        return der, error.verify_message or "its signer is not trusted"
    return der, ""


def _handshake(
    wanted: Certificate, name: str, context: ssl.SSLContext, timeout: float
) -> bytes | None:
    try:
        with (
            contextlib.closing(
                socket.create_connection((wanted.host, wanted.port), timeout)
            ) as raw,
            context.wrap_socket(raw, server_hostname=name) as wrapped,
        ):
            return wrapped.getpeercert(binary_form=True)
    except ssl.SSLCertVerificationError:
        raise
    except TimeoutError:
        raise SourceError(f"{wanted.address}: no answer in {timeout:g} s") from None
    except ssl.SSLError as error:
        why = "does not speak TLS" if _foreign(error) else f"refuses TLS ({error.reason})"
        raise SourceError(f"{wanted.address}: {why}") from None
    except OSError as error:
        # the other side may also hang up where it expects something else than TLS
        why = (error.strerror or str(error) or "hangs up").lower()
        raise SourceError(f"{wanted.address}: {why}") from None
    except ValueError as error:
        raise SourceError(f"{wanted.address}: {error}") from None


def _accepting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _judging(wanted: Certificate, root: Path) -> ssl.SSLContext:
    """Names are compared here, so that one fault of a certificate does not hide another."""
    try:
        context = ssl.create_default_context(cafile=str(root / wanted.ca) if wanted.ca else None)
    except (OSError, ssl.SSLError):
        raise SourceError(f"{wanted.ca}: holds no certificate of an authority") from None
    context.check_hostname = False
    return context


def _foreign(error: ssl.SSLError) -> bool:
    """What OpenSSL calls an answer in another language."""
    reasons = ("WRONG_VERSION_NUMBER", "UNEXPECTED_MESSAGE", "RECORD_LAYER", "PACKET_LENGTH", "EOF")
    return isinstance(error, ssl.SSLEOFError) or any(
        part in (error.reason or "") for part in reasons
    )


def _covers(pattern: str, name: str) -> bool:
    """Whether a name of a certificate is this host: `*` stands for one first label (RFC 6125)."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if pattern.startswith("*."):
        return "." in name and name.partition(".")[2] == pattern[2:]
    return pattern == name


def _when(ahead: float) -> str:
    if ahead <= 0:
        past = -ahead
        return f"has expired {past / _DAY:.0f} days ago" if past >= _DAY else "has expired today"
    return f"in {ahead / _DAY:.0f} days"
