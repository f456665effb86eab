"""What goes wrong on the way or at the network becomes one of our errors, the right one, and harms nothing."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from resonanz.connectorkit import faults
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.fakes import FakeServer, Handle
from resonanz.connectorkit.faults import Fault, reads, when, writes
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.manifest import Capability
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Media
from tests.contract.world import MemoryAccess, World

pytestmark = pytest.mark.fake_only

Call = Callable[[Any, World], Any]


def inbound(connector: Any, world: World) -> Any:
    return connector.inbound(START)


def publish(connector: Any, world: World) -> Any:
    return connector.publish(world.draft(), ())


def _calls(world: World) -> dict[str, Call]:
    """Every call the connector can make, by name, on a world in which something was said."""
    wanted: dict[Capability, Call] = {
        Capability.PROFILE: lambda c, w: c.profile(),
        Capability.PUBLISH: publish,
        Capability.FIND_PUBLISHED: lambda c, w: c.find_published(w.draft()),
        Capability.UPLOAD: lambda c, w: c.upload(_file(b"\x89PNG" * 20)),
        Capability.INBOUND: inbound,
        Capability.OWN_POSTS: lambda c, w: c.own_posts(START),
        Capability.FOLLOWERS: lambda c, w: c.followers(START),
        Capability.SERVER_LIMITS: lambda c, w: c.server_limits(),
    }
    calls = {one.value: call for one, call in wanted.items() if world.can(one)}
    if world.can(Capability.DELETE, Capability.PUBLISH):
        ours = world.connector().publish(world.draft("Unser eigener Beitrag"), ()).reference
        calls["delete"] = lambda c, w: c.delete(ours)
    if world.can(Capability.THREAD, Capability.COUNTS):
        heard = world.connector().inbound(START).items[0].reference
        calls["thread"] = lambda c, w: c.thread(heard)
        calls["counts"] = lambda c, w: c.counts([heard])
    return calls


def _file(content: bytes, content_type: str = "image/png") -> Media:
    return Media("m1", content_type, len(content), lambda: io.BytesIO(content), "alt")


def _prepare(world: World) -> dict[str, Call]:
    world.others_mention("Etwas mit Link https://example.com und mehr")
    world.settle()
    return _calls(world)


# --- answers that cannot be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Wartung</html>", b"{", b"null", b"[]", b"7", b'"text"', b"[" * 100_000, b"\xff\xfe", b"{}"],
    ids=["empty", "html", "cut", "null", "list", "number", "text", "deep", "bytes", "object"],
)
def test_a_body_of_any_kind_is_an_answer_or_one_of_our_errors(world: World, body: bytes) -> None:
    for call in _prepare(world).values():
        with suppress(Unavailable, OutcomeUnknown, NotFound):
            call(world.connector(faults.answers(200, body)), world)


def test_json_of_the_wrong_shape_at_every_path_raises_nothing_else(world: World) -> None:
    """Each answer of the fake is taken, one node of it replaced or deleted, and given to the connector."""
    for name, call in _prepare(world).items():
        for sample in _answers_of(world, call):
            variants = list(faults.broken_variants(sample))
            # Long answers have thousands of nodes: every 7th of them, another set for each call.
            step = 1 if len(variants) < 300 else 7
            for where, broken in variants[len(name) % step :: step]:
                body = json.dumps(broken, ensure_ascii=True).encode()
                fault = when(_asked_like(sample, world), faults.mangled(lambda was, body=body: body))
                try:
                    call(world.connector(fault), world)
                except ConnectorError:
                    continue
                except Exception as error:
                    raise AssertionError(f"{name}: {where}: {error!r}") from error


def _answers_of(world: World, call: Call) -> list[Any]:
    """The JSON answers the fake gives while `call` is made, each kind of request once."""
    seen: dict[tuple[str, str], Any] = {}

    def recording(handle: Handle) -> Handle:
        def answer(request: httpx.Request) -> httpx.Response:
            response = handle(request)
            if response.content[:1] in (b"{", b"["):
                body = json.loads(response.content)
                seen[(request.method, request.url.path)] = body[:2] if isinstance(body, list) else body
            return response

        return answer

    call(world.connector(recording), world)
    world.__dict__.setdefault("asked", {}).update({id(body): request for request, body in seen.items()})
    world.__dict__.setdefault("kept", []).extend(seen.values())  # so that no id is used twice
    return list(seen.values())


def _asked_like(sample: Any, world: World) -> Callable[[httpx.Request], bool]:
    method, path = world.__dict__["asked"][id(sample)]
    return lambda request: (request.method, request.url.path) == (method, path)


# --- access --------------------------------------------------------------------------------------------------------


def test_wrong_secrets_are_access_lost_everywhere(world: World) -> None:
    calls = _prepare(world)
    wrong = {name: f"wrong-{name}" for name in world.secrets}
    for name, call in calls.items():
        connector = world.connector(secrets={**world.secrets, **wrong})
        if name in (Capability.PROFILE, Capability.INBOUND, Capability.PUBLISH):
            with pytest.raises(AccessLost):
                call(connector, world)
        else:  # what a network shows to everybody, it shows without secrets too
            with suppress(AccessLost):
                call(connector, world)


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: None,
        lambda _: "",
        lambda _: " ",
        lambda was: f"{was}\n",
        lambda _: "Schlüssel",
        lambda _: "\0",
    ],
    ids=["lost", "empty", "blank", "two lines", "not ASCII", "NUL"],
)
def test_secrets_that_are_no_secrets_ask_for_reconnecting(
    world: World, broken: Callable[[str], str | None]
) -> None:
    """Whatever a database, a key or a hand made of them: nothing but a person can help, and no address is wrong."""
    secrets = {name: value for name, was in world.secrets.items() if (value := broken(was)) is not None}
    for name, call in _prepare(world).items():
        try:
            call(world.connector(secrets=secrets), world)
        except AccessLost:
            continue
        assert name not in (Capability.PROFILE, Capability.INBOUND, Capability.PUBLISH)


def test_access_taken_back_between_two_calls_is_noticed(world: World) -> None:
    connector = world.connector()
    connector.profile()
    world.revoke()
    with pytest.raises(AccessLost):
        connector.inbound(START)


def test_a_stale_token_is_renewed_exactly_once(world: World) -> None:
    if not world.can_renew:
        pytest.skip("its tokens do not go stale")
    connector = world.connector()
    connector.profile()
    assert world.access is not None
    access, before = world.access, world.access.renewals
    world.expire()
    connector.profile()
    connector.inbound(START)
    assert access.renewals == before + 1


# --- rate limits ---------------------------------------------------------------------------------------------------


def _rate_headers(world: World, skew: timedelta) -> dict[str, dict[str, str]]:
    """Ninety seconds, in each way servers say it, by a clock that differs from ours by `skew`."""
    theirs = world.clock() + skew
    until, date = theirs + timedelta(seconds=90), {"date": format_datetime(theirs, usegmt=True)}
    return {
        "seconds": {"retry-after": "90"},
        "HTTP date": {"retry-after": format_datetime(until, usegmt=True), **date},
        "ISO 8601": {"x-ratelimit-reset": until.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), **date},
        "epoch": {"ratelimit-reset": str(int(until.timestamp())), **date},
    }


@pytest.mark.parametrize("hours", [-2, 0, 2])
@pytest.mark.parametrize("way", ["seconds", "HTTP date", "ISO 8601", "epoch"])
def test_too_many_requests_says_when_to_come_back(world: World, way: str, hours: int) -> None:
    headers = _rate_headers(world, timedelta(hours=hours))[way]
    before = world.clock()
    with pytest.raises(RateLimited) as caught:
        inbound(world.connector(faults.rate_limited(headers)), world)
    assert 88 <= (caught.value.retry_at - before).total_seconds() <= 92


@pytest.mark.needs(Capability.PUBLISH)
def test_too_many_requests_on_a_write_means_it_did_not_happen(world: World) -> None:
    with pytest.raises(RateLimited):
        publish(world.connector(when(writes, faults.rate_limited({"retry-after": "60"}))), world)


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e99", "nan", "99999999999999999999", "Mon, 99 Foo"])
def test_a_limit_that_cannot_be_read_is_a_minute_to_a_day(world: World, said: str) -> None:
    before = world.clock()
    with pytest.raises(RateLimited) as caught:
        inbound(world.connector(faults.rate_limited({"retry-after": said, "x-ratelimit-reset": said})), world)
    assert timedelta(seconds=1) <= caught.value.retry_at - before <= timedelta(days=1, seconds=1)


# --- the server fails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"<h1>Bad gateway</h1>", b'{"error": "broken", "message": "broken"}'])
def test_a_failing_server_did_not_answer_a_question(world: World, status: int, body: bytes) -> None:
    for name, call in _prepare(world).items():
        expected = OutcomeUnknown if name == Capability.PUBLISH else Unavailable
        with pytest.raises(expected) as caught:
            call(world.connector(faults.answers(status, body)), world)
        assert not isinstance(caught.value, RateLimited)


@pytest.mark.parametrize("fault", [faults.hang_up_before, faults.hang_up_after, faults.time_out])
def test_a_lost_answer_is_unknown_for_what_must_not_happen_twice(world: World, fault: Fault) -> None:
    for name, call in _prepare(world).items():
        wanted = writes if name == Capability.PUBLISH else (lambda request: True)
        with pytest.raises(OutcomeUnknown if name == Capability.PUBLISH else Unavailable):
            call(world.connector(when(wanted, fault)), world)


def test_a_page_in_between_makes_nobody_reconnect(world: World) -> None:
    """A firewall or a page for maintenance answers 403 in HTML: the channel stays connected."""
    with pytest.raises(ConnectorError) as caught:
        inbound(world.connector(faults.answers(403, b"<html>Forbidden</html>")), world)
    assert not isinstance(caught.value, AccessLost)


def test_an_answer_without_end_is_cut(world: World) -> None:
    with pytest.raises(Unavailable, match="too_large"):
        inbound(world.connector(when(reads, faults.endless)), world)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_in_circles_ends(world: World, status: int) -> None:
    with pytest.raises(Unavailable):
        inbound(world.connector(faults.redirects_to("/", status)), world)


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:9/x", "http://[::1]/", "http://169.254.169.254/latest", "file:///etc"]
)
def test_a_redirect_leads_to_no_private_place(world: World, to: str) -> None:
    """On real sockets: the guard looks at the address that is connected to."""
    with FakeServer(faults.redirects_to(to)(world.handle())) as server:
        host = server.address.removeprefix("http://")
        client = open_client([host])
        door = Http(client, server.address, explain=world.network.explain, clock=world.clock)
        account = _moved(world, server.address)
        door.access = MemoryAccess(world.network, door, account, world.secrets)
        with pytest.raises(Unavailable) as caught:
            inbound(world.network.connector(door, account), world)
        assert caught.value.reason in ("private_address", "redirected")
        client.close()


def _moved(world: World, address: str) -> Any:
    """The world's account at another address."""
    settings = {name: value.replace(world.server, address) for name, value in world.account.settings.items()}
    return type(world.account)(address, world.account.author, settings)


def test_a_server_that_says_nothing_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On real sockets, with the patience of the door cut to a moment."""
    released = threading.Event()
    monkeypatch.setattr("resonanz.connectorkit.http.TIMEOUT_SECONDS", 0.3)
    with FakeServer(faults.silent_until(released)(world.handle())) as server:
        client = open_client([server.address.removeprefix("http://")])
        door = Http(client, server.address, explain=world.network.explain, clock=world.clock)
        account = _moved(world, server.address)
        door.access = MemoryAccess(world.network, door, account, world.secrets)
        try:
            with pytest.raises(Unavailable):
                inbound(world.network.connector(door, account), world)
            if world.can(Capability.PUBLISH):
                with pytest.raises(OutcomeUnknown):
                    publish(world.network.connector(door, account), world)
        finally:
            released.set()
        client.close()


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.needs(Capability.PUBLISH)
def test_a_text_that_is_too_long_is_refused_and_not_published(world: World) -> None:
    draft = world.draft("zu lang " * 2_000)
    with pytest.raises(Rejected):
        world.connector().publish(draft, ())
    if world.can(Capability.FIND_PUBLISHED):
        assert world.connector().find_published(draft) is None


@pytest.mark.needs(Capability.UPLOAD)
def test_a_file_that_is_none_of_the_networks_is_refused(world: World) -> None:
    with pytest.raises(Rejected):
        world.connector().upload(_file(b"MZ\x90\x00" * 50, "application/x-msdownload"))


@pytest.mark.needs(Capability.UPLOAD)
def test_a_file_too_large_for_the_server_is_refused(world: World) -> None:
    with pytest.raises(Rejected) as caught:
        world.connector(when(writes, faults.answers(413, b"Request Entity Too Large"))).upload(
            _file(b"x" * 100)
        )
    assert caught.value.field == "media"


@pytest.mark.needs(Capability.THREAD)
def test_what_is_gone_is_not_found(world: World) -> None:
    heard = world.others_mention("gleich wieder weg")
    world.settle()
    reference = world.connector().inbound(START).items[-1].reference
    assert reference.remote_id == heard
    missing = faults.when(reads, faults.answers(404, b'{"error": "NotFound", "message": "Record not found"}'))
    with pytest.raises(NotFound):
        world.connector(missing).thread(reference)
