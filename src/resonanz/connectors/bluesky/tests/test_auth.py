"""Connecting with an app password, and keeping the session fresh."""

from __future__ import annotations

import httpx
import pytest

from resonanz.connectorkit.errors import AccessLost, Rejected, Unavailable
from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.faults import answers, wants, when
from resonanz.connectors.bluesky import NETWORK
from resonanz.connectors.bluesky.tests.cast import US, World, draft

CREATE, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"


def test_connecting_gives_the_channel_and_its_secrets() -> None:
    world = World()
    author = world.connected.account.author
    assert (author.handle, author.name) == (US, "Werkbank GmbH")
    assert author.remote_id.startswith("did:plc:")
    assert world.connected.account.server == world.network.address
    assert set(world.connected.secrets) == {"access_jwt", "refresh_jwt", "app_password"}
    assert not any(secret in repr(world.connected.account) for secret in world.connected.secrets.values())


@pytest.mark.parametrize("typed", [US, f"@{US}", f" @{US} ", f"https://bsky.app/profile/{US}", US.upper()])
def test_a_handle_is_taken_as_people_write_it(typed: str) -> None:
    world = World()
    again = NETWORK.auth.connect(world.anonymous(), world.answers(handle=typed))
    assert again.account.author.remote_id == world.did


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"app_password": "aaaa-bbbb-cccc-dddd"}, "app_password", "wrong_password"),
        ({"handle": "niemand.test"}, "app_password", "wrong_password"),
        ({"server": "ftp://x"}, "server", "bad_address"),
        ({"server": "https://[::1"}, "server", "bad_address"),
        ({"server": "https://user:word@example.com"}, "server", "bad_address"),
        ({"appview": "http://"}, "appview", "bad_address"),
    ],
)
def test_what_cannot_be_connected_names_the_answer_to_mend(
    changed: dict[str, str], field: str, reason: str
) -> None:
    world = World()
    with pytest.raises(Rejected) as raised:
        NETWORK.auth.connect(world.anonymous(), world.answers(**changed))
    assert (raised.value.field, raised.value.reason) == (field, reason)


def test_a_server_that_does_not_answer_is_unavailable_not_wrong() -> None:
    world = World()
    with pytest.raises(Unavailable):
        NETWORK.auth.connect(world.anonymous(), world.answers(server="https://elsewhere.invalid"))


@pytest.mark.parametrize(
    ("status", "body", "field", "reason"),
    [
        (401, '{"error":"AuthFactorTokenRequired"}', "app_password", "not_an_app_password"),
        (401, '{"error":"AccountTakedown"}', "handle", "account_taken_down"),
        (404, "<html>not here</html>", "server", "not_a_server"),
        (404, '{"error":"XRPCNotSupported"}', "server", "not_a_server"),
    ],
)
def test_refusals_of_a_session(status: int, body: str, field: str, reason: str) -> None:
    world = World()
    world.handle = when(wants("POST", CREATE), answers(status, body))(world.network.handle)
    with pytest.raises(Rejected) as raised:
        NETWORK.auth.connect(world.anonymous(), world.answers())
    assert (raised.value.field, raised.value.reason) == (field, reason)


def test_the_accounts_own_password_is_not_taken() -> None:
    world = World()
    token = "e30.eyJzY29wZSI6ImNvbS5hdHByb3RvLmFjY2VzcyJ9.x"  # {"scope":"com.atproto.access"}
    body = f'{{"did":"{world.did}","handle":"{US}","accessJwt":"{token}","refreshJwt":"r"}}'
    world.handle = when(wants("POST", CREATE), answers(200, body))(world.network.handle)
    with pytest.raises(Rejected) as raised:
        NETWORK.auth.connect(world.anonymous(), world.answers())
    assert raised.value.reason == "not_an_app_password"


@pytest.mark.parametrize(
    ("endpoint", "server"),
    [
        ("https://pds.example.com/", "https://pds.example.com"),
        ("http://pds.example.com", "https://bluesky.demo.invalid"),  # tokens never go in the clear
        ("https://user@pds.example.com", "https://bluesky.demo.invalid"),
        ("nonsense://", "https://bluesky.demo.invalid"),
    ],
)
def test_the_channel_lives_on_the_accounts_own_server(endpoint: str, server: str) -> None:
    world = World()
    body = (
        f'{{"did":"{world.did}","handle":"{US}","accessJwt":"a","refreshJwt":"r","didDoc":'
        f'{{"service":[{{"id":"#other"}},{{"id":"#atproto_pds","serviceEndpoint":"{endpoint}"}}]}}}}'
    )
    world.handle = when(wants("POST", CREATE), answers(200, body))(world.network.handle)
    assert NETWORK.auth.connect(world.anonymous(), world.answers()).account.server == server


def test_a_stale_session_is_refreshed_and_stored_before_it_is_used() -> None:
    world = World()
    world.network.expire(US)
    stored_when_used: list[int] = []

    def watching(request: object) -> object:
        stored_when_used.append(len(world.access.stored))
        return world.network.handle(request)  # type: ignore[arg-type]

    world.handle = watching  # type: ignore[assignment]
    assert world.us.publish(draft(), ()).reference.remote_id
    assert len(world.access.stored) == 2
    assert stored_when_used == [1, 1, 2]  # refused, refreshed, repeated with what has been stored
    assert world.access.stored[1]["app_password"] == world.password


def test_without_a_refresh_token_the_app_password_opens_a_new_session() -> None:
    world = World()
    world.network.expire(US)
    world.network.forget_refresh(US)
    world.us.profile()
    assert len(world.access.stored) == 2


def test_a_revoked_app_password_is_lost_access() -> None:
    world = World()
    world.network.expire(US)
    world.network.revoke(US)
    with pytest.raises(AccessLost) as raised:
        world.us.publish(draft(), ())
    assert raised.value.reason == "token_void"
    assert world.network.posts == {}


@pytest.mark.parametrize(
    "fault",
    [
        answers(502, "bad gateway"),
        answers(403, "<html>blocked</html>"),
        answers(404, "not here"),
        answers(200, "{}"),
    ],
)
def test_a_gateways_trouble_is_not_taken_for_lost_access(fault: object) -> None:
    world = World()
    world.network.expire(US)
    faulty: Handle = when(wants("POST", "com.atproto.server"), fault)(world.network.handle)  # type: ignore[arg-type]
    world.handle = faulty
    with pytest.raises(Unavailable):
        world.us.profile()
    world.handle = world.network.handle
    world.us.profile()


def test_no_error_repeats_a_secret() -> None:
    world = World()

    def echo(request: object) -> object:
        said = f'{{"error":"InvalidRequest","message":"{world.password} {dict(request.headers)}"}}'  # type: ignore[attr-defined]
        return httpx.Response(400, content=said.replace("'", ""))

    world.handle = echo  # type: ignore[assignment]
    for failing in (
        lambda: NETWORK.auth.connect(world.anonymous(), world.answers()),
        world.us.profile,
        lambda: world.us.publish(draft(), ()),
    ):
        with pytest.raises(Rejected) as raised:
            failing()
        for secret in world.connected.secrets.values():
            assert secret not in str(raised.value) + repr(raised.value.args)
