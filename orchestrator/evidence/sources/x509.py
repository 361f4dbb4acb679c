"""What a certificate says, read from its DER bytes. Pure; it judges nothing.

Only the fields people ask about: X.509 as in RFC 5280 section 4.1, names by RFC 4519 short names.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_SEQUENCE, _VERSION, _EXTENSIONS = 0x30, 0xA0, 0xA3
_UTC_TIME, _BOOLEAN = 0x17, 0x01
_DNS_NAME, _IP_NAME = 0x82, 0x87
_ALTERNATIVE_NAMES = bytes((0x55, 0x1D, 0x11))
_ATTRIBUTES = {
    bytes((0x55, 0x04, 0x03)): "CN",
    bytes((0x55, 0x04, 0x06)): "C",
    bytes((0x55, 0x04, 0x07)): "L",
    bytes((0x55, 0x04, 0x08)): "ST",
    bytes((0x55, 0x04, 0x0A)): "O",
    bytes((0x55, 0x04, 0x0B)): "OU",
}
_BMP_STRING = 0x1E


@dataclass(frozen=True, slots=True)
class Facts:
    """A certificate's own words."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """host names and addresses it is for; the common name where it lists none"""
    begins: float
    ends: float
    """seconds since the epoch"""


def read(der: bytes) -> Facts:
    """The facts of one certificate. ValueError when these bytes are none."""
    try:
        return _read(der)
    except (IndexError, UnicodeDecodeError, OverflowError) as error:
        raise ValueError("these bytes are no certificate") from error


def _read(der: bytes) -> Facts:
    tag, whole, _ = _element(der, 0)
    if tag != _SEQUENCE:
        raise ValueError("these bytes are no certificate")
    _, signed, _ = _element(whole, 0)
    fields = list(_elements(signed))
    if fields and fields[0][0] == _VERSION:
        fields = fields[1:]
    if len(fields) < 6:
        raise ValueError("these bytes are no certificate")
    _, _, issuer, validity, subject = (content for _, content in fields[:5])
    begins, ends = (_time(tag, content) for tag, content in _elements(validity))
    extensions = next((content for tag, content in fields[5:] if tag == _EXTENSIONS), b"")
    named = _name(subject)
    names = tuple(_alternatives(extensions)) or tuple(v for k, v in named if k == "CN")
    return Facts(_told(named), _told(_name(issuer)), names, begins, ends)


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, content and end of the element at `at`. Lengths as DER writes them."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 4:
            raise ValueError("a length that DER does not know")
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + length > len(data):
        raise ValueError("the bytes end within an element")
    return tag, data[start : start + length], start + length


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, content, at = _element(data, at)
        yield tag, content


def _time(tag: int, content: bytes) -> float:
    """UTCTime has two digits of the year: from 50 on they are of the last century (RFC 5280)."""
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _name(content: bytes) -> list[tuple[str, str]]:
    pairs = []
    for _, parts in _elements(content):
        for _, attribute in _elements(parts):
            (_, oid), (kind, value) = list(_elements(attribute))[:2]
            coding = "utf-16-be" if kind == _BMP_STRING else "utf-8"
            pairs.append((_ATTRIBUTES.get(oid, ""), value.decode(coding, "replace")))
    return [(key, value) for key, value in pairs if key]


def _told(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{key}={value}" for key, value in pairs) or "no name"


def _alternatives(content: bytes) -> Iterator[str]:
    for _, extensions in _elements(content):
        for _, extension in _elements(extensions):
            parts = [part for part in _elements(extension) if part[0] != _BOOLEAN]
            if parts[0][1] != _ALTERNATIVE_NAMES:
                continue
            _, names, _ = _element(parts[1][1], 0)
            for kind, value in _elements(names):
                if kind == _DNS_NAME:
                    yield value.decode("ascii", "replace")
                elif kind == _IP_NAME and len(value) in (4, 16):
                    yield str(ipaddress.ip_address(value))
