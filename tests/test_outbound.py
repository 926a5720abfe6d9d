"""Outbound HTTP: what a caller is told when a call fails, and where a guarded call never goes."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from urllib3.util.retry import Retry

from sayso import failpoint, message, outbound

PUBLIC, PUBLIC_4 = "2606:4700:4700::1111", "93.184.215.14"
TIMEOUT = 0.4
SOON = TIMEOUT + 1
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Script = Callable[["Server", socket.socket], None]


class Server:
    """Listens on this machine and plays its script to all who connect; `heard` is what they wrote."""

    def __init__(self, script: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None):
        is_all = host == "::"
        family = socket.AF_INET6 if is_all else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, dualstack_ipv6=is_all, backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/"
        self.script, self.tls = script, tls
        self.heard, self.plays = list[bytes](), list[threading.Thread]()
        self.knock, self.knocked = None, threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                conn, caller = self.listener.accept()
                if caller[1] == self.knock:
                    self.knocked.set()
                    continue
                play = threading.Thread(target=self.play, args=(conn,), daemon=True)
                play.start()
                self.plays.append(play)

    def play(self, conn: socket.socket) -> None:
        conn.settimeout(5)
        with contextlib.suppress(OSError), conn, contextlib.ExitStack() as stack:
            talk = stack.enter_context(self.tls.wrap_socket(conn, server_side=True)) if self.tls else conn
            self.script(self, talk)

    @property
    def opened(self) -> int:
        """How many connections were ever made: whoever knocks now comes after all of them."""
        self.knocked.clear()
        with socket.socket(self.listener.family) as last:
            last.bind((self.listener.getsockname()[0], 0))
            self.knock = last.getsockname()[1]
            last.connect(self.listener.getsockname())
            assert self.knocked.wait(5)
        return len(self.plays)

    def read(self, conn: socket.socket) -> bytes:
        """One request, or what there was of it when the client hung up."""
        got = b""
        while not _is_whole(got) and (more := conn.recv(65536)):
            got += more
        self.heard += [got] if got else []
        return got

    def settle(self) -> Server:
        """Itself, when all that was written to it has been heard."""
        for play in self.plays[: self.opened]:
            play.join(5)
        return self


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")]
    return bool(end) and len(body) >= sum(lengths)


def _closes(server: Server, conn: socket.socket) -> None:
    pass


def _resets(server: Server, conn: socket.socket) -> None:
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _waits(server: Server, conn: socket.socket) -> None:
    while server.read(conn):
        pass


def _unread(then: Script) -> Script:
    def script(server: Server, conn: socket.socket) -> None:
        select.select([conn], [], [], 5)
        then(server, conn)

    return script


def _sips(server: Server, conn: socket.socket) -> None:
    while conn.recv(65_536):
        time.sleep(0.01)


def _floods(server: Server, conn: socket.socket) -> None:
    while True:
        conn.sendall(b"." * 65_536)


def _answers(server: Server, conn: socket.socket) -> None:
    while request := server.read(conn):
        body = request.partition(b"\r\n\r\n")[2]
        conn.sendall(b"HTTP/1.1 201 Created\r\nX-Word: queued\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _says(answer: bytes, then: Script = _closes) -> Script:
    def script(server: Server, conn: socket.socket) -> None:
        server.read(conn)
        conn.sendall(answer)
        then(server, conn)

    return script


def _drips(first: bytes, drop: bytes) -> Script:
    def drip(server: Server, conn: socket.socket) -> None:
        while True:
            conn.sendall(drop)
            time.sleep(0.02)

    return _says(first, then=drip)


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
    folder, root = tmp_path_factory.mktemp("papers"), ec.generate_private_key(ec.SECP256R1())
    (folder / "authority").write_bytes(_certificate("authority.test", root, "authority.test", root))

    def tls(name: str, issuer: str = "authority.test") -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = root if issuer == "authority.test" else key
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


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoint.disarm()


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


# --- answers ---


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_every_final_status_is_an_answer(status: int, serve, client):
    there = serve(_says(b"HTTP/1.1 %d Word\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n" % status))
    assert client().request("POST", there.url, body=b"x").status == status
    assert len(there.heard) == 1


def test_an_answer_has_its_body_and_its_headers_in_any_case(serve, client):
    answer = client().request("POST", serve(_answers).url, body=b"hello")
    assert (answer.status, answer.body, answer.headers["x-word"]) == (201, b"hello", "queued")


@pytest.mark.parametrize(
    "answer",
    [
        CHUNKED + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        OK + b"Connection: close\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nabc",
    ],
    ids=["chunks", "until_closed", "http_1_0", "after_continue"],
)
def test_an_answer_is_whole_in_every_framing(answer: bytes, serve, client):
    assert client().request("GET", serve(_says(answer)).url).body == b"abc"


def test_an_answer_as_long_as_the_limit_is_read(serve, client):
    answer = OK + b"Content-Length: 50\r\n\r\n" + b"." * 50
    assert len(client(limit=50).request("GET", serve(_says(answer)).url).body) == 50


def test_a_zipped_answer_is_neither_asked_for_nor_unzipped(serve, client):
    there = serve(_says(OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"))
    assert client().request("GET", there.url, headers={"accept-encoding": "gzip"}).body == b"abc"
    assert b"Accept-Encoding: identity\r\n" in there.heard[0]


def test_the_path_goes_out_byte_for_byte(serve, client):
    there = serve(_answers)
    client().request("GET", there.url + "a/../b/%7e%2f?to={x}|%c3%a9&q='\"#fragment")
    assert there.heard[0].startswith(b"GET /a/../b/%7e%2f?to={x}|%c3%a9&q='\" HTTP/1.1\r\n")


def test_the_request_is_framed_by_us_whatever_the_caller_says(serve, client):
    there = serve(_answers)
    wrong = {
        "content-length": "99",
        "Transfer-Encoding": "chunked",
        "HOST": "other.test",
        "Connection": "close",
    }
    client().request("POST", there.url, body=b"abc", headers=wrong | {"X-Kept": "yes"})
    head = there.heard[0].lower()
    assert b"\r\ncontent-length: 3\r\n" in head
    assert b"\r\nx-kept: yes\r\n" in head
    assert b"\r\nhost: 127.0.0.1:%d\r\n" % there.port in head
    assert not any(word in head for word in (b"chunked", b"other.test", b"connection:", b": 99\r"))


def test_calls_share_a_kept_connection(serve, client):
    there, http = serve(_answers), client()
    for body in (b"a", b"", b"b" * 100_000):
        assert http.request("POST", there.url, body=body).body == body
    assert (there.opened, len(there.heard)) == (1, 3)


def test_threads_that_share_a_client_get_their_own_answers(serve, client):
    there, http, wrong = serve(_answers), client(timeout=5), list[str]()

    def work(name: int) -> None:
        for n in range(20):
            asked = b"%d/%d" % (name, n)
            wrong.extend([f"{name}/{n}"] if http.request("POST", there.url, body=asked).body != asked else [])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(there.heard) == 320
    assert there.opened <= 16


def test_no_cookie_is_kept(serve, client):
    there, http = serve(_says(OK + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", then=_answers)), client()
    for _ in range(2):
        http.request("GET", there.url)
    assert b"ookie" not in there.heard[1]


def test_the_environment_adds_no_proxy_and_no_password(serve, client, monkeypatch, tmp_path):
    there, proxy = serve(_answers), serve(_answers)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login clerk password invented")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client().request("GET", there.url)
    assert b"uthorization" not in there.heard[0]
    assert proxy.opened == 0


def test_closing_the_client_closes_its_kept_connections(serve, client):
    there, http = serve(_answers), client()
    http.request("GET", there.url)
    http.close()
    assert not any(play.is_alive() for play in there.settle().plays)


# --- lost answers ---

LOST: dict[str, Script] = {
    "resets_before_reading": _unread(_resets),
    "closes_before_reading": _unread(_closes),
    "reads_then_resets": _says(b"", then=_resets),
    "reads_then_closes": _says(b""),
    "never_answers": _says(b"", then=_waits),
    "is_not_http": _says(b"220 mail.example ESMTP\r\n"),
    "half_a_status_line": _says(b"HTTP/1.1 2"),
    "half_the_headers": _says(OK + b"Content-Le"),
    "half_the_body": _says(OK + b"Content-Length: 10\r\n\r\nhalf "),
    "half_the_body_then_reset": _says(OK + b"Content-Length: 10\r\n\r\nhalf ", then=_resets),
    "half_the_body_then_silence": _says(OK + b"Content-Length: 10\r\n\r\nhalf ", then=_waits),
    "half_the_chunks": _says(CHUNKED + b"4\r\nhalf\r\n"),
    "half_a_chunk": _says(CHUNKED + b"8\r\nhalf"),
    "a_chunk_without_size": _says(CHUNKED + b"zz\r\nhalf\r\n"),
    "only_an_interim_answer": _says(b"HTTP/1.1 103 Early Hints\r\n\r\n", then=_waits),
    "drips_the_status_line": _drips(b"HTTP/1.1 200 ", b"O"),
    "drips_headers": _drips(OK, b"X-Drop: 1\r\n"),
    "drips_interim_answers": _drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "drips_the_body": _drips(OK + b"Content-Length: 9000\r\n\r\n", b"."),
    "drips_chunks": _drips(CHUNKED, b"1\r\n.\r\n"),
    "drips_without_end": _drips(OK + b"\r\n", b"."),
    "huge_and_announced": _says(OK + b"Content-Length: 2000000\r\n\r\n" + b"." * 2_000_000),
    "huge_and_unannounced": _says(OK + b"\r\n" + b"." * 2_000_000),
    "huge_in_chunks": _says(CHUNKED + b"100000\r\n%b\r\n" % (b"." * 0x100000) * 2 + b"0\r\n\r\n"),
    "a_huge_header": _says(OK + b"X-Huge: " + b"." * 200_000 + b"\r\n\r\n"),
}


OVER_TLS = [name for name in LOST if name == "drips_headers" or not name.startswith("drips")]


@pytest.mark.parametrize(
    ("scheme", "name"), [*(("http", name) for name in LOST), *(("https", name) for name in OVER_TLS)]
)
def test_a_lost_answer_is_unknown_in_bounded_time(scheme: str, name: str, serve, client, papers):
    there, http = serve(LOST[name], tls=papers("127.0.0.1") if scheme == "https" else None), client()
    started = time.monotonic()
    with pytest.raises(message.Unknown, match="sending again"):
        http.request("POST", there.url, body=b"a text")
    assert time.monotonic() - started < SOON
    assert there.opened == 1
    assert len(there.settle().heard) <= 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_hardly_reads_is_unknown_in_bounded_time(scheme: str, serve, client, papers):
    there, http = serve(_sips, tls=papers("127.0.0.1") if scheme == "https" else None), client()
    started = time.monotonic()
    with pytest.raises(message.Unknown):
        http.request("POST", there.url, body=bytes(60_000_000))
    assert time.monotonic() - started < SOON


def test_a_request_of_which_only_a_part_left_is_unknown(serve, client):
    there = serve(_unread(_closes))
    there.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with pytest.raises(message.Unknown):
        client(timeout=5).request("GET", there.url, headers={"X-Much": "." * 6_000_000})


def test_an_answer_without_end_is_read_up_to_the_limit(serve, client):
    there = serve(_says(OK + b"\r\n", then=_floods))
    with pytest.raises(message.Unknown, match="over 1000 bytes"):
        client(limit=1000).request("POST", there.url, body=b"a")


def test_a_kept_connection_that_dies_with_a_request_is_unknown_and_not_tried_again(serve, client):
    there, http = serve(_says(OK + b"Content-Length: 0\r\n\r\n", then=_says(b"", then=_resets))), client()
    http.request("POST", there.url, body=b"first")
    with pytest.raises(message.Unknown):
        http.request("POST", there.url, body=b"second")
    assert (there.opened, len(there.settle().heard)) == (1, 2)


def test_a_kept_connection_that_closed_while_idle_is_replaced(serve, client):
    there, http = serve(_says(OK + b"Content-Length: 0\r\n\r\n")), client()
    for _ in range(3):
        assert http.request("POST", there.url, body=b"a").status == 200
        there.settle()
    assert (there.opened, len(there.heard)) == (3, 3)


def test_a_connection_on_which_an_answer_was_lost_is_never_used_again(serve, client):
    there, http = serve(_says(b"HTTP/1.1 103 Early Hints\r\n\r\n", then=_waits)), client()
    for _ in range(2):
        with pytest.raises(message.Unknown):
            http.request("POST", there.url, body=b"a")
    assert (there.opened, len(there.settle().heard)) == (2, 2)


def test_a_library_that_tries_again_by_itself_still_writes_once(serve, client):
    there, http = serve(_says(b"")), outbound.Http(timeout=TIMEOUT, private_hosts=frozenset({"127.0.0.1"}))
    http._adapter.max_retries = Retry(3, allowed_methods=None)
    with pytest.raises(message.Unknown, match="not sent twice"):
        http.request("POST", there.url, body=b"a")
    assert len(there.settle().heard) == 1


def test_a_client_works_on_after_a_lost_answer(serve, client):
    http = client()
    with pytest.raises(message.Unknown):
        http.request("POST", serve(_says(b"")).url, body=b"a")
    assert http.request("POST", serve(_answers).url, body=b"b").body == b"b"


@pytest.mark.parametrize("spec", ["C7:raise", "C8:raise"])
def test_breaking_off_after_the_first_byte_is_unknown(spec: str, serve, client):
    failpoint.arm(spec, 0)
    with pytest.raises(message.Unknown, match="FailpointHit"):
        client().request("POST", serve(_waits).url, body=b"a")


def test_breaking_off_in_mid_request_leaves_the_headers_without_the_body(serve, client):
    there = serve(_waits)
    failpoint.arm("mid_request:raise", 0)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert there.settle().heard[0].endswith(b"Content-Length: 8\r\n\r\n")


def test_breaking_off_before_the_answer_leaves_the_whole_request(serve, client):
    there = serve(_waits)
    failpoint.arm("before_answer_read:raise", 0)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert there.settle().heard[0].endswith(b"\r\n\r\nthe body")


def test_a_pause_in_mid_request_longer_than_the_call_never_sends_the_body(serve, client):
    there = serve(_waits)
    failpoint.arm("mid_request:pause", 1.2 * TIMEOUT)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert b"the body" not in there.settle().heard[0]


# --- nothing left ---


def test_a_port_where_nobody_listens_is_try_later(serve, client):
    there = serve(_answers)
    there.listener.shutdown(socket.SHUT_RDWR)
    there.listener.close()
    with pytest.raises(message.TryLater, match="Connection refused"):
        client().request("POST", there.url, body=b"a")


@pytest.mark.parametrize("host", ["nobody.test", "a..b", "x" * 64, "0x7f.1.1.1.1.1"])
def test_a_name_that_cannot_be_found_is_try_later(host: str, client, world):
    with pytest.raises(message.TryLater, match="Nothing was sent"):
        client().request("POST", f"https://{host}/", body=b"a")


def test_a_connection_that_is_not_taken_in_time_is_try_later(client):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        _crowd(full, stack)
        with pytest.raises(message.TryLater, match="timed out"):
            client().request("POST", f"http://127.0.0.1:{full.getsockname()[1]}/", body=b"a")


def test_a_second_address_does_not_shorten_the_handshake_of_the_first(serve, client, papers, world):
    names["crm.test"], tls = [["127.0.0.1", "127.0.0.1"]], papers("crm.test")
    tls.sni_callback = lambda *_: time.sleep(0.7)
    there = serve(_answers, tls=tls)
    assert client(timeout=1).request("GET", f"https://crm.test:{there.port}/").status == 201


def _crowd(full: socket.socket, stack: contextlib.ExitStack) -> None:
    for _ in range(3):  # the first fill the queue, and Linux drops what comes after
        queued = stack.enter_context(socket.socket())
        queued.setblocking(False)
        queued.connect_ex(full.getsockname())


def test_an_address_that_refuses_or_hangs_leaves_time_for_the_next(serve, client, world):
    there = serve(_answers)
    with socket.create_server(("127.0.0.2", there.port), backlog=0) as full, contextlib.ExitStack() as stack:
        _crowd(full, stack)
        names["crm.test"] = [["::1", "127.0.0.2", "127.0.0.1"]]
        http = client(timeout=1.5, private_hosts=frozenset({"crm.test"}))
        assert http.request("GET", f"http://crm.test:{there.port}/").status == 201
    assert dialled[-3:] == ["::1", "127.0.0.2", "127.0.0.1"]


@pytest.mark.parametrize("script", [_waits, _closes, _resets, _says(b"HTTP/1.1 400 No\r\n\r\n")])
def test_a_handshake_that_fails_is_try_later_in_bounded_time(script: Script, serve, client):
    there, started = serve(script), time.monotonic()
    with pytest.raises(message.TryLater):
        client().request("POST", f"https://127.0.0.1:{there.port}/path", body=b"a text")
    assert time.monotonic() - started < SOON
    assert not any(b"POST" in heard or b"a text" in heard for heard in there.settle().heard)


def test_a_certificate_nobody_vouches_for_is_try_later(serve, client, papers):
    there = serve(_answers, tls=papers("127.0.0.1", "127.0.0.1"))
    with pytest.raises(message.TryLater, match="SSLCertVerificationError"):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard


def test_a_certificate_for_another_name_is_try_later(serve, client, papers):
    there = serve(_answers, tls=papers("crm.test"))
    with pytest.raises(message.TryLater, match="SSLCertVerificationError"):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X:A": "b"}, {"X-A": "\u20ac"}])
def test_a_header_that_cannot_be_written_is_try_later(headers: dict[str, str], serve, client):
    there = serve(_answers)
    with pytest.raises(message.TryLater):
        client().request("POST", there.url, body=b"a", headers=headers)
    assert not there.settle().heard


def test_a_deadline_to_come_lets_the_request_out(serve, client):
    assert client().request("GET", serve(_answers).url, deadline=time.monotonic() + 5).status == 201


def test_past_the_deadline_nothing_is_written(serve, client):
    there = serve(_waits)
    with pytest.raises(message.TryLater, match="too late"):
        client().request("POST", there.url, body=b"a", deadline=time.monotonic())
    assert not there.settle().heard


def test_past_the_deadline_nothing_is_written_on_a_kept_connection(serve, client):
    there, http = serve(_answers), client()
    http.request("POST", there.url, body=b"a")
    with pytest.raises(message.TryLater, match="too late"):
        http.request("POST", there.url, body=b"b", deadline=time.monotonic())
    assert (there.opened, len(there.settle().heard)) == (1, 1)


def test_a_deadline_that_passes_while_connecting_is_kept(serve, client, papers):
    tls = papers("127.0.0.1")
    tls.sni_callback = lambda *_: time.sleep(0.2)
    there = serve(_waits, tls=tls)
    with pytest.raises(message.TryLater, match="too late"):
        client(timeout=5).request("POST", there.url, body=b"a", deadline=time.monotonic() + 0.1)
    assert there.opened == 1
    assert not there.settle().heard


def test_time_that_runs_out_before_the_first_byte_is_try_later(serve, client, papers):
    tls = papers("127.0.0.1")
    tls.sni_callback = lambda *_: time.sleep(TIMEOUT + 0.1)
    there = serve(_waits, tls=tls)
    with pytest.raises(message.TryLater):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard


# --- the guard ---


def test_without_a_guard_plain_http_is_refused_to_hosts_that_are_not_listed(serve, client):
    there = serve(_answers)
    with pytest.raises(message.TryLater, match="must be https"):
        client(private_hosts=frozenset()).request("GET", there.url)
    assert there.opened == 0


def test_without_a_guard_a_vendor_may_have_any_address(serve, client, papers):
    there = serve(_answers, tls=papers("127.0.0.1"))
    assert client(private_hosts=frozenset()).request("GET", there.url).status == 201


def test_a_guarded_call_may_reach_a_listed_host_by_plain_http_on_any_port(serve, client):
    assert client(guard=True).request("GET", serve(_answers).url).status == 201


def test_the_name_stays_in_sni_host_and_certificate_when_the_address_is_dialled(serve, client, papers, world):
    names["crm.test"], asked = [["127.0.0.1"]], list[str]()
    tls = papers("crm.test")
    tls.sni_callback = lambda _conn, name, _context: asked.append(name)
    there = serve(_answers, tls=tls)
    http = client(guard=True, private_hosts=frozenset({"crm.test"}))
    assert http.request("POST", f"https://CRM.test:{there.port}/").status == 201
    assert asked == ["crm.test"]
    assert b"\r\nHost: crm.test:%d\r\n" % there.port in there.heard[0]


@pytest.mark.parametrize("host", ["crm.test.", "x.crm.test", "crm.tes", "crm.test.example"])
def test_only_the_listed_name_itself_is_private(host: str, client, world):
    names[host] = [["127.0.0.1"]]
    http = client(guard=True, private_hosts=frozenset({"crm.test"}))
    with pytest.raises(message.TryLater, match="must be https"):
        http.request("GET", f"http://{host}/")
    with pytest.raises(message.TryLater, match="no public address"):
        http.request("GET", f"https://{host}/")
    assert not dialled


NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
    172.31.255.254 192.0.0.1 192.0.0.100 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::8.8.8.8 ::ffff:127.0.0.1
    ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::7f00:1 100::1 2001::1
    2001:0:7f00:1:: 2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:808:808:: fc00::1 fd00:ec2::254 fe80::1
    fe80::1%lo fec0::1 ff02::1 ff0e::1 5f00::1 4000::1"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_a_guarded_call_never_dials_an_address_that_is_not_public(address: str, client, world):
    names["evil.test"] = [[address]]
    with pytest.raises(message.TryLater, match="no public address"):
        client(guard=True).request("POST", "https://evil.test/", body=b"a")
    assert not dialled


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_4, "8.8.8.8", "2a00:1450:4001::1", "172.32.0.1", "100.128.0.1"])
def test_a_guarded_call_dials_a_public_address(address: str, client, world):
    names["crm.example"] = [[address]]
    with pytest.raises(message.TryLater, match="no test dials out"):
        client(guard=True).request("POST", "https://crm.example/", body=b"a")
    assert dialled == [address]


@pytest.mark.parametrize("found", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["::1", PUBLIC, "10.0.0.1"]])
def test_of_several_addresses_only_the_public_one_is_dialled(found: list[str], client, world):
    names["mixed.test"] = [found]
    with pytest.raises(message.TryLater):
        client(guard=True).request("POST", "https://mixed.test/", body=b"a")
    assert dialled == [PUBLIC]


def test_a_name_that_changes_its_address_is_dialled_where_it_was_checked(serve, client, world):
    canary = serve(_answers)
    names["rebinds.test"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(message.TryLater):
        client(guard=True).request("POST", f"https://rebinds.test:{canary.port}/", body=b"a")
    assert dialled == [PUBLIC]
    assert names["rebinds.test"] == [["127.0.0.1"]]  # looked up once
    with pytest.raises(message.TryLater, match="no public address"):
        client(guard=True).request("POST", f"https://rebinds.test:{canary.port}/", body=b"a")
    assert canary.opened == 0


OURS = """
    127.0.0.1 127.0.0.1. 127.1 127.0.1 2130706433 017700000001 0x7f000001 0177.0.0.1 0x7f.0.0.1 0x7F.1 127.0x0.0.1
    0 0.0.0.0 00.0 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::FFFF:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
    [64:ff9b::127.0.0.1] [2002:7f00:1::] [fe80::1] [::1%25lo] [::1%lo] [v1.127.0.0.1] [127.0.0.1]
    localhost LOCALHOST localhost. evil.test EVIL.test %31%32%37.0.0.1 127.0.0.1%00 127.0.0.1%2f
    127\u30020\u30020\u30021 127\uff0e0\uff0e0\uff0e1 127\uff610\uff610\uff611 \u2460\u2461\u2466.0.0.1
    \uff11\uff12\uff17.0.0.1 \u24dbocalhost 10.0.0.1 192.168.1.1 169.254.169.254 2852039166 [fd00:ec2::254]"""
PLAIN = """127.0.0.1 localhost evil.test crm.example [::1] 93.184.215.14"""
MARKED = """
    https://127.0.0.1:PORT#@crm.example/ https://crm.example#@127.0.0.1:PORT/ https://127.0.0.1:PORT?@crm.example/
    https://crm.example?@127.0.0.1:PORT/ https://crm.example/#@127.0.0.1:PORT/ https://127.0.0.1:65536/
    https://127.0.0.1:99999/ https://127.0.0.1:0/ https://./ https://..:PORT/ https://127.0.0.1/@crm.example"""
MISSHAPEN = """
    https://clerk@127.0.0.1:PORT/ https://clerk:word@127.0.0.1:PORT/ https://crm.example@127.0.0.1:PORT/
    https://crm.example:443@127.0.0.1:PORT/ https://crm.example%40@127.0.0.1:PORT/ https://@127.0.0.1:PORT/
    https://127.0.0.1:PORT@crm.example/ https://crm.example\\@127.0.0.1:PORT/ https://127.0.0.1:PORT\\@crm.example/
    https://crm.example\\.127.0.0.1:PORT/ https:\\\\127.0.0.1:PORT\\ https://127.0.0.1:PORT/\\ https://127.0.0.1:-1/
    https://crm.example:PORT:PORT/ https:127.0.0.1:PORT/ https:/127.0.0.1:PORT/ https:///127.0.0.1:PORT/
    //127.0.0.1:PORT/ 127.0.0.1:PORT/ https://127.0.0.1:999999/ https://:PORT/ https:// https://127.0.0.1:PORT/\xe9
    ftp://127.0.0.1:PORT/ file:///etc/passwd gopher://127.0.0.1:PORT/_a unix:///127.0.0.1:PORT"""
SPACED = (
    "",
    " https://127.0.0.1:PORT/",
    "https://127.0.0.1\t:PORT/",
    "https://127.0.0.1 :PORT/",
    "https://127.0.0.1:PORT/ X",
    "https://127.0.0.1:PORT/\n",
    "https://127.0.0.1:PORT/\r\nX-A: b",
    "https://crm.example\r\nHost: 127.0.0.1:PORT/",
)
REFUSED = [
    *((f"https://{host}:PORT/", "Nothing was sent") for host in OURS.split()),
    *((f"http://{host}:PORT/", "must be https") for host in PLAIN.split()),
    *((url, "Nothing was sent") for url in MARKED.split()),
    *((url, "URL must be") for url in [*MISSHAPEN.split(), *SPACED]),
]


@pytest.mark.parametrize(("url", "told"), REFUSED, ids=[ascii(url) for url, _ in REFUSED])
def test_a_hostile_url_reaches_nothing_on_this_machine(url: str, told: str, serve, client, world):
    names.update({"evil.test": [["127.0.0.1"]], "crm.example": [[PUBLIC]]})
    canary = serve(_answers, host="::" if socket.has_dualstack_ipv6() else "127.0.0.1")
    http = client(guard=True, private_hosts=frozenset())
    with pytest.raises(message.TryLater, match=told):
        http.request("POST", url.replace("PORT", str(canary.port)), body=b"a")
    assert set(dialled) <= {PUBLIC}
    assert canary.opened == 0


@pytest.mark.parametrize("guard", [True, False])
def test_a_redirect_is_an_answer_and_is_not_followed(guard: bool, serve, client):
    canary = serve(_answers)
    there = serve(_says(b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % canary.url.encode()))
    answer = client(guard=guard).request("POST", there.url, body=b"a")
    assert (answer.status, answer.headers["location"]) == (302, canary.url)
    assert canary.opened == 0


@pytest.mark.parametrize("fails", [_closes, _says(b"no http"), _answers], ids=["tls", "answer", "nothing"])
def test_neither_error_nor_log_tells_the_path(fails: Script, serve, client, caplog):
    caplog.set_level("DEBUG")
    there, told = serve(fails), list[BaseException | None]([None])
    url = there.url.replace("http:", "https:") if fails is _closes else there.url
    try:
        client().request("POST", url + "to=secret?to=secret", body=b"a")
    except (message.TryLater, message.Unknown) as error:
        told = [error]
    while last := told[-1]:
        told.append(last.__cause__ or last.__context__)
    assert "secret" not in caplog.text
    assert not any("secret" in str(error) for error in told)
    assert (len(told) == 1) == (fails is _answers)
