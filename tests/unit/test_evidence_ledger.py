"""The ledger keeps content under its hash, clean, without secrets, whole or visibly cut."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.ledger import Ledger, Stored, capped
from orchestrator.evidence.redaction import redact
from orchestrator.model.records import Evidence
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    folder = IncidentFolder(tmp_path / "INC-1")
    folder.create()
    return Ledger(folder)


def test_content_lies_under_its_own_hash_for_its_owner_only(ledger: Ledger, tmp_path: Path) -> None:
    stored = ledger.store("one\ntwo\n")
    path = tmp_path / "INC-1" / stored.path
    assert stored.path == f"evidence/{hashlib.sha256(path.read_bytes()).hexdigest()}.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (stored.lines, stored.size, stored.truncated, stored.redactions) == (2, 8, False, 0)
    assert ledger.store("one\ntwo\n") == stored
    assert ledger.read(stored.path) == "one\ntwo\n"


def test_two_agents_may_store_the_same_content_at_the_same_moment(ledger: Ledger) -> None:
    together = Barrier(4)

    def store(number: int) -> Stored:
        together.wait()
        return ledger.store(f"content {number} " + "x" * 4096)

    with ThreadPoolExecutor(4) as pool:
        for number in range(25):
            stored = set(pool.map(store, [number] * 4))
            assert len(stored) == 1
    assert not list(ledger._folder.evidence.glob(".*"))


def test_content_altered_on_disk_is_written_anew(ledger: Ledger, tmp_path: Path) -> None:
    stored = ledger.store("true words")
    (tmp_path / "INC-1" / stored.path).write_text("false words")
    ledger.store("true words")
    assert ledger.read(stored.path) == "true words"


def test_too_much_is_cut_in_the_middle_and_says_so(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-1")
    folder.create()
    stored = Ledger(folder, limit=1000).store("".join(f"line {n}\n" for n in range(1000)))
    kept = Ledger(folder).read(stored.path).splitlines()
    assert stored.truncated
    assert kept[0] == "line 0"
    assert kept[-1] == "line 999"
    assert sum("bytes left out here" in line for line in kept) == 1
    assert all(line.startswith(("line ", "[... ")) for line in kept)


def test_a_cut_without_line_ends_still_fits() -> None:
    text, cut = capped("ä" * 5000, 1000)
    assert cut
    assert len(text.encode()) < 1100


def test_reading_never_leaves_the_evidence_folder(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("no")
    with pytest.raises(KeyError, match="cannot be read"):
        ledger.read("../../secret.txt")


def test_a_citation_resolves_to_its_line(ledger: Ledger) -> None:
    stored = ledger.store("a\nb\nc\n")
    item = Evidence(
        eid="E12",
        kind="log",
        source="",
        command="",
        summary="three letters",
        path=stored.path,
        sha256=stored.sha256,
        size=stored.size,
        lines=stored.lines,
        taint="outside",
        at=0.0,
        by="",
    )
    state = State(evidence={"E12": item})
    assert ledger.resolve(state, "E12:2") == "b"
    assert ledger.resolve(state, "E12") == "three letters"
    with pytest.raises(KeyError, match="there is no evidence E13"):
        ledger.resolve(state, "E13:1")
    for wrong in ("E12:4", "E12:0", "E12:-1", "E12:x"):
        with pytest.raises(KeyError, match="has lines 1 to 3"):
            ledger.resolve(state, wrong)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text\x1b]52;c;aGk=\x1b\\!", "text!"),
        ("a\x00b\x07c\x08d\x7fe", "abcde"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("ad\u200bmin\ufeff\u2066", "admin"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("naïve – 日本 ✓\ttab", "naïve – 日本 ✓\ttab"),
        ("broken \ud800 half", "broken ? half"),
    ],
)
def test_nothing_in_stored_text_moves_a_cursor_or_hides(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


SECRETS = [
    ("password=hunter2hunter", "hunter2"),
    ('{"db_password": "s3cr et!"}', "s3cr"),
    (r"{\"api_key\": \"abcdef123456\"}", "abcdef123456"),
    ("DATABASE_TOKEN: abcd1234efgh", "abcd1234"),
    ("Authorization: Bearer abc.def-ghi_jkl", "abc.def"),
    ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpw"),
    ("sent bearer abcdef0123456789abcdef", "abcdef0123"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc123DEF456", "eyJzdWIi"),
    ("postgres://app:pa55word@db:5432/shop", "pa55word"),
    ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSF"),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
    ("tool --password hunter2hunter run", "hunter2"),
    ("ghp_" + "a1B2" * 9, "a1B2a1B2"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nAAKC\n-----END RSA PRIVATE KEY-----", "MIIE"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEpAIB\nAAKC", "AAKC"),
    ("Set-Cookie: session=abcdef0123456789", "abcdef01"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_obvious_secrets_are_taken_out_once_and_for_all(text: str, secret: str) -> None:
    said, count = redact(text)
    assert secret not in said
    assert count >= 1
    assert said.count("\n") == text.count("\n")
    assert redact(said) == (said, 0)


@pytest.mark.parametrize(
    "text",
    [
        "token = pool.acquire()",
        "def f(password: str = None) -> Token:",
        "max_tokens=4096 tokens: 12",
        "PoolTimeout: no connection within 0.5 s",
        "https://example.invalid/path?page=2",
        "basic authentication failed for user bob",
        "if token == expected:",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "password=null secret: None",
    ],
)
def test_ordinary_text_and_code_stay_as_they_are(text: str) -> None:
    assert redact(text) == (text, 0)


HOSTILE = {
    "letters": "a" * 200_000,
    "names": "password" * 25_000,
    "tokens": "eyJ-" * 50_000,
    "addresses": "://" * 60_000,
    "escapes": "\x1b[" * 90_000,
    "keys": "-----BEGIN PRIVATE KEY-----\n" * 7_000,
    "pairs": "token=" * 30_000,
    "quotes": 'secret="' * 25_000,
    "dashes": "--" * 99_999,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_lines_take_no_longer_than_their_length(hostile: str) -> None:
    started = time.process_time()
    redact(clean(hostile))
    assert time.process_time() - started < 4.0
