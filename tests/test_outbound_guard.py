"""Outbound HTTP: where a guarded call never goes, and what nobody is told of where it went."""

from __future__ import annotations

import socket

import pytest

from sayso import message
from tests.outbound_world import PUBLIC, PUBLIC_4, client, dialled, names, papers, serve, world
from tests.scripted import Script, answers, closes, says

__all__ = ["client", "papers", "serve", "world"]  # fixtures from elsewhere


def test_without_a_guard_plain_http_is_refused_to_hosts_that_are_not_listed(serve, client):
    there = serve(answers)
    with pytest.raises(message.TryLater, match="must be https"):
        client(private_hosts=frozenset()).request("GET", there.url)
    assert there.opened == 0


def test_without_a_guard_a_vendor_may_have_any_address(serve, client, papers):
    there = serve(answers, tls=papers("127.0.0.1"))
    assert client(private_hosts=frozenset()).request("GET", there.url).status == 201


def test_a_guarded_call_may_reach_a_listed_host_by_plain_http_on_any_port(serve, client):
    assert client(guard=True).request("GET", serve(answers).url).status == 201


def test_the_name_stays_in_sni_host_and_certificate_when_the_address_is_dialled(serve, client, papers, world):
    names["crm.test"], asked = [["127.0.0.1"]], list[str]()
    tls = papers("crm.test")
    tls.sni_callback = lambda _conn, name, _context: asked.append(name)
    there = serve(answers, tls=tls)
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
    canary = serve(answers)
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
    canary = serve(answers, host="::" if socket.has_dualstack_ipv6() else "127.0.0.1")
    http = client(guard=True, private_hosts=frozenset())
    with pytest.raises(message.TryLater, match=told):
        http.request("POST", url.replace("PORT", str(canary.port)), body=b"a")
    assert set(dialled) <= {PUBLIC}
    assert canary.opened == 0


@pytest.mark.parametrize("guard", [True, False])
def test_a_redirect_is_an_answer_and_is_not_followed(guard: bool, serve, client):
    canary = serve(answers)
    there = serve(says(b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % canary.url.encode()))
    answer = client(guard=guard).request("POST", there.url, body=b"a")
    assert (answer.status, answer.headers["location"]) == (302, canary.url)
    assert canary.opened == 0


@pytest.mark.parametrize("fails", [closes, says(b"no http"), answers], ids=["tls", "answer", "nothing"])
def test_neither_error_nor_log_tells_the_path(fails: Script, serve, client, caplog):
    caplog.set_level("DEBUG")
    there, told = serve(fails), list[BaseException | None]([None])
    url = there.url.replace("http:", "https:") if fails is closes else there.url
    try:
        client().request("POST", url + "to=secret?to=secret", body=b"a")
    except (message.TryLater, message.Unknown) as error:
        told = [error]
    while last := told[-1]:
        told.append(last.__cause__ or last.__context__)
    assert "secret" not in caplog.text
    assert not any("secret" in str(error) for error in told)
    assert (len(told) == 1) == (fails is answers)
