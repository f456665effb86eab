"""Public addresses only, looked at where the socket opens; and an end to everything."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx
import pytest

from resonanz.connectorkit import guard, lookup
from resonanz.connectorkit.errors import Effect, OutcomeUnknown, Rejected, Unavailable
from resonanz.connectorkit.fakes import FakeServer
from resonanz.connectorkit.guard import GuardedBackend, PrivateAddress, is_public, open_client
from resonanz.connectorkit.http import Http


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *(
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
        ),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "100::1",
        ),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::"),  # 6to4
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"),  # NAT64
        *("::127.0.0.1", "::10.0.0.1"),  # IPv4-compatible
        "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo, 127.0.0.1 behind it
    ],
)
def test_what_is_not_on_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::", "64:ff9b::101:101"],
)
def test_what_is(address: str) -> None:
    assert is_public(address)


def _resolving(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    """Name look-ups that give these answers, one after the other; and what is connected to."""
    waiting = list(answers)
    connected: list[str] = []

    def look_up(host: str, port: int, **options: Any) -> list[Any]:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    class Network(httpcore.MockBackend):
        def connect_tcp(self, host: str, *args: Any, **options: Any) -> httpcore.NetworkStream:
            connected.append(host)
            return super().connect_tcp(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(guard.httpcore, "SyncBackend", lambda: Network([]))
    return connected


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = _resolving(monkeypatch, ("1.1.1.1", "10.0.0.1"))
    with pytest.raises(PrivateAddress):
        GuardedBackend().connect_tcp("boese.example", 443)
    assert connected == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers otherwise the second time: there is no second time."""
    connected = _resolving(monkeypatch, ("1.1.1.1",), ("127.0.0.1",))
    GuardedBackend().connect_tcp("wechselt.example", 443)
    assert connected == ["1.1.1.1"]
    with pytest.raises(PrivateAddress):
        GuardedBackend().connect_tcp("wechselt.example", 443)


@pytest.mark.parametrize(
    ("allowed", "host", "port", "is_allowed"),
    [
        ("haus.example", "haus.example", 443, True),
        ("haus.example", "HAUS.example", 80, True),
        ("haus.example:3000", "haus.example", 3000, True),
        ("haus.example:3000", "haus.example", 3001, False),
        ("haus.example", "nebenan.haus.example", 443, False),
    ],
)
def test_the_owner_may_name_hosts_of_his_own(
    allowed: str, host: str, port: int, is_allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = _resolving(monkeypatch, ("10.0.0.7",))
    if is_allowed:
        GuardedBackend([allowed]).connect_tcp(host, port)
        assert connected == ["10.0.0.7"]
    else:
        with pytest.raises(PrivateAddress):
            GuardedBackend([allowed]).connect_tcp(host, port)


@pytest.mark.parametrize("host", ["x" * 300, "a..b", "\udcff"])
def test_a_name_that_is_none_has_no_address(host: str) -> None:
    with pytest.raises(httpcore.ConnectError):
        GuardedBackend().connect_tcp(host, 443)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A resolver that answers nobody until the event is set."""
    answering = threading.Event()
    threads = set(threading.enumerate())

    def look_up(host: str, port: int, **options: Any) -> list[Any]:
        assert answering.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port))]

    _resolving(monkeypatch, ("1.1.1.1",))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield answering
    answering.set()
    for thread in set(threading.enumerate()) - threads:
        thread.join(20)


def test_a_resolver_that_hangs_ends_with_the_deadline(hanging: threading.Event) -> None:
    client = open_client()
    with pytest.raises(Unavailable) as caught:
        Http(client).call("POST", "https://haengt.example/", effect=Effect.WRITE, timeout_seconds=0.05)
    client.close()
    assert caught.value.reason == "unreachable", "nothing was sent, so nothing is in doubt"


def test_so_many_hanging_look_ups_leave_room_again(hanging: threading.Event) -> None:
    backend = GuardedBackend()
    for _number in range(lookup.MOST_AT_ONCE + 1):
        with pytest.raises(httpcore.ConnectTimeout):
            backend.connect_tcp("haengt.example", 443, timeout=0.005)
    hanging.set()
    assert backend.connect_tcp("geht.example", 443, timeout=20)


def test_no_unix_sockets() -> None:
    with pytest.raises(PrivateAddress):
        GuardedBackend().connect_unix_socket("/run/docker.sock")


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"]
)
def test_this_machine_is_private_however_it_is_spelled(spelling: str) -> None:
    with FakeServer(lambda request: httpx.Response(200)) as server:
        port = server.address.rpartition(":")[2]
        client = open_client()
        with pytest.raises((Unavailable, Rejected)) as caught:
            Http(client).call("GET", f"http://{spelling}:{port}/", effect=Effect.READ)
        client.close()
    assert caught.value.reason in ("private_address", "unreachable", "bad_address")


@contextmanager
def _dripping() -> Iterator[int]:
    """A server that sends a byte every 20 ms, for ever; its port."""
    stop = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    stop.set()
    thread.join()
    listening.close()


@pytest.mark.parametrize(("effect", "expected"), [(Effect.READ, Unavailable), (Effect.WRITE, OutcomeUnknown)])
def test_a_slow_drip_ends_with_the_deadline(effect: Effect, expected: type[Exception]) -> None:
    client = open_client(["127.0.0.1"])
    with _dripping() as port, pytest.raises(expected, match="timeout"):
        Http(client).call("POST", f"http://127.0.0.1:{port}/", effect=effect, timeout_seconds=0.3)
    client.close()


def test_of_two_deadlines_the_nearer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.time, "monotonic", lambda: 100.0)
    with guard.deadline(10), guard.deadline(50):
        assert guard._remaining(30) == 10
    with guard.deadline(50), guard.deadline(10):
        assert guard._remaining(None) == 10
        assert guard._remaining(3) == 3
    assert guard._remaining(30) == 30
