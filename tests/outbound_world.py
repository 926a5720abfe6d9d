"""The world outside for tests of outbound HTTP: certificates, servers, clients, and names with their addresses."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import sys
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sayso import outbound
from tests.scripted import Server

PUBLIC, PUBLIC_4 = "2606:4700:4700::1111", "93.184.215.14"
TIMEOUT = 0.4
SOON = TIMEOUT + 1
ROOT = ec.generate_private_key(ec.SECP256R1())
"""The authority's key: one for all modules, since a process may read its authorities only once."""


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey):
    now = datetime.datetime.now(datetime.UTC)
    is_number = name[0].isdigit()
    known_as = x509.IPAddress(ipaddress.ip_address(name)) if is_number else x509.DNSName(name)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
        .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


@pytest.fixture(scope="module", autouse=True)
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ssl.SSLContext]]:
    """Makes TLS for a name, vouched for by an authority that every client here believes, or by a stranger."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "authority").write_bytes(_certificate("authority.test", ROOT, "authority.test", ROOT))

    def tls(name: str, issuer: str = "authority.test") -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = ROOT if issuer == "authority.test" else key
        pem, pkcs8, plain = (
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain = _certificate(name, key, issuer, signer) + key.private_bytes(pem, pkcs8, plain)
        (folder / name).write_bytes(chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / name)
        return context

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(folder / "authority"))
        yield tls


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that play a script until the test is over."""
    with contextlib.ExitStack() as stack:
        yield lambda script, **given: stack.enter_context(_open(Server(script, **given)))


@contextlib.contextmanager
def _open(server: Server) -> Iterator[Server]:
    yield server
    with contextlib.suppress(OSError):
        server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Callable[..., outbound.Http]]:
    """Makes clients; the same one again for the same settings, since each reads all its authorities."""
    made: dict[str, outbound.Http] = {}
    with contextlib.ExitStack() as stack:

        def make(**given: object) -> outbound.Http:
            if str(given) not in made:
                settings = {"timeout": TIMEOUT, "private_hosts": frozenset({"127.0.0.1"})} | given
                made[str(given)] = outbound.Http(**settings)  # type: ignore[arg-type]
                stack.callback(made[str(given)].close)
            return made[str(given)]

        yield make


# What follows answers for the outside world: names that only these tests know, and a net without a way out.
names: dict[str, list[list[str]]] = {}
dialled: list[str] = []
_look_up = socket.getaddrinfo


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        dialled.append(str(args[1][0]))
        if not dialled[-1].startswith(("127.", "0.", "::")):
            raise ConnectionRefusedError("no test dials out")


sys.addaudithook(_watch)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Names are looked up in `names`, and `dialled` has only what this test dials."""

    def look_up(host: str, port: int, *args: int, **kwargs: int) -> list[tuple[object, ...]]:
        if host not in names:
            numeric = 0 if host.startswith(("localhost", "LOCALHOST", "ip6-")) else socket.AI_NUMERICHOST
            return _look_up(host, port, *args, flags=numeric, **kwargs)  # type: ignore[return-value]
        answers = names[host]
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6, 1, 6, "", (one, port, 0, 0)) if ":" in one else (socket.AF_INET, 1, 6, "", (one, port))
            for one in now
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    dialled.clear()
    yield
    names.clear()
