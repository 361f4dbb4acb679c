"""Certificates made by openssl, and a server on loopback that shows one, for tests."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def made(
    folder: Path,
    name: str,
    *,
    names: str = "DNS:localhost,IP:127.0.0.1",
    days: tuple[str, str] = ("20240101000000Z", "20440101000000Z"),
    signed_by: str = "",
) -> Path:
    """A certificate and its key in one file; self-signed, or signed by one made before."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: certificates cannot be made for this test")

    def run(*argv: str) -> None:
        subprocess.run([openssl, *argv], cwd=folder, check=True, capture_output=True)

    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\n"
        "default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n"
        "organizationName=optional\n"
    )
    (folder / "index").write_text("")
    (folder / "serial").write_text("01\n")
    extensions = f"subjectAltName={names}\n" if names else ""
    (folder / f"{name}.ext").write_text(f"{extensions}basicConstraints=CA:TRUE\n")
    subject = ("-subj", f"/O=Tests/CN={name}")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", *subject)
    signer = ("-cert", f"{signed_by}.crt", "-keyfile", f"{signed_by}.key")
    who = signer if signed_by else ("-selfsign", "-keyfile", f"{name}.key")
    span = ("-startdate", days[0], "-enddate", days[1])
    put = ("-in", f"{name}.csr", "-out", f"{name}.crt", "-extfile", f"{name}.ext", "-notext")
    run("ca", "-config", "ca.cnf", "-batch", *who, *span, *put)
    whole = folder / f"{name}.pem"
    whole.write_text((folder / f"{name}.crt").read_text() + (folder / f"{name}.key").read_text())
    return whole


@contextlib.contextmanager
def showing(certificate: Path) -> Iterator[int]:
    """A TLS server with that certificate; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def greet(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as one:
            one.recv(1)

    with answering(greet) as port:
        yield port


@contextlib.contextmanager
def answering(greet: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that hands each connection to `greet`; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                greet(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
