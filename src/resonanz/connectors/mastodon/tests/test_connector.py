"""Calls to servers that differ, files that take their time, connecting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.fakes import FakeTransport, Handle
from resonanz.connectorkit.faults import answers, wants, when
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.network import Account
from resonanz.connectors.mastodon import NETWORK
from resonanz.connectors.mastodon.auth import server_address
from resonanz.connectors.mastodon.connector import Mastodon
from resonanz.connectors.mastodon.fake import FakeMastodon
from resonanz.kernel.messages import Reference
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Draft, Media

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "01jd0000000000000000000000"
BACK = "https://wir.example/zurueck"


class _Access:
    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self, used: Any) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return (self._token,)


def server() -> FakeMastodon:
    return FakeMastodon(clock=lambda: NOW)


def door(fake: FakeMastodon, handle: Handle | None = None) -> Http:
    client = open_client(transport=FakeTransport({fake.address: handle or fake.handle}))
    return Http(client, fake.address, explain=NETWORK.explain, clock=lambda: NOW)


def connector(fake: FakeMastodon, handle: Handle | None = None) -> Mastodon:
    given = {"server": fake.address, "token": fake.token}
    account: Account = NETWORK.auth.connect(door(fake), given).account
    http = door(fake, handle)
    http.access = _Access(fake.token)
    found: Mastodon = NETWORK.connector(http, account)
    return found


def draft(text: str = "Hallo", **options: Any) -> Draft:
    return Draft(KEY, text, NOW, **options)


def movie(content: bytes = b"film") -> Media:
    return Media("m1", "video/mp4", len(content), lambda: io.BytesIO(content), "Ein Film")


# --- publishing ----------------------------------------------------------------------------------------------------


def test_a_film_is_waited_for() -> None:
    fake = server()
    fake.media_asks = 2
    ours = connector(fake)
    upload = ours.upload(movie())
    assert not upload.ready
    with pytest.raises(Unavailable, match="media_not_ready"):
        ours.publish(draft(media=(movie(),)), [upload])
    asked = 0
    while not upload.ready:
        upload = ours.upload_state(upload)
        asked += 1
    assert asked == 3
    ours.publish(draft(media=(movie(),)), [upload])
    assert fake.files[upload.data["id"]].alt == "Ein Film"


def test_a_film_the_server_gives_up_is_refused() -> None:
    fake = server()
    upload = connector(fake).upload(movie())
    fake.files[upload.data["id"]].asks_left = -1
    with pytest.raises(Rejected) as caught:
        connector(fake).upload_state(upload)
    assert (caught.value.reason, caught.value.field) == ("media_unusable", "media")


def test_a_quote_goes_out_only_where_the_server_takes_quotes() -> None:
    fake = server()
    theirs = fake.others_say("kundin", "Beste Werkstatt")
    quoting = draft("Danke!", quote=Reference(f"{theirs}@mastodon.example", {"id": theirs}))
    connector(fake).publish(quoting, ())
    assert fake.statuses[max(fake.statuses, key=int)].quote == theirs
    assert connector(fake).find_published(quoting) is not None
    fake.version = 6
    before = len(fake.statuses)
    with pytest.raises(Rejected) as caught:
        connector(fake).publish(quoting, ())
    assert caught.value.field == "quote"
    assert len(fake.statuses) == before


def test_a_published_post_whose_receipt_cannot_be_read_is_unknown() -> None:
    fake = server()
    garbled = when(wants("POST", "/statuses"), answers(200, b'{"id": null}'))(fake.handle)
    with pytest.raises(OutcomeUnknown):
        connector(fake, garbled).publish(draft(), ())


def test_the_search_goes_back_to_the_draft_and_no_further() -> None:
    fake = server()
    fake.page_cap = 10
    asked: list[str] = []

    def listening(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return fake.handle(request)

    wanted = draft("das gesuchte")
    for number in range(60):
        fake._post(fake.us, f"alt {number}", at=NOW - timedelta(days=1))
    connector(fake).publish(wanted, ())
    for number in range(25):
        fake._post(fake.us, f"neu {number}")
    assert connector(fake, listening).find_published(wanted) is not None
    assert len(asked) == 3


def test_too_many_posts_to_look_through_is_no_answer() -> None:
    fake = server()
    fake.page_cap = 1
    for number in range(60):
        fake._post(fake.us, f"neu {number}")
    with pytest.raises(Unavailable, match="too_many"):
        connector(fake).find_published(draft())


# --- other servers -------------------------------------------------------------------------------------------------


def test_an_older_server_is_asked_in_the_older_way() -> None:
    fake = server()
    fake.max_characters = 1234
    old = when(wants("GET", "/api/v2/instance"), answers(404, b'{"error": "Not found"}'))(fake.handle)
    limits = connector(fake, old).server_limits()
    assert limits.text[0].maximum == 1234
    assert limits.text[0].source.url.endswith("/api/v1/instance")


@pytest.mark.parametrize("status", [404, 405, 422])
def test_counts_come_one_by_one_where_not_together(status: int) -> None:
    fake = server()
    ours = connector(fake)
    references = [ours.publish(draft(f"Nr. {n}"), ()).reference for n in range(1)]
    fake.others_boost("kundin", references[0].data["id"])

    def alone(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/statuses" and request.method == "GET":
            return httpx.Response(status, json={"error": "no"})
        return fake.handle(request)

    gone = Reference("9999@mastodon.example", {"id": "9999"})
    found = connector(fake, alone).counts([*references, gone])
    assert list(found) == [references[0].remote_id]
    assert found[references[0].remote_id].reposts == 1


def test_followers_are_read_to_the_end_without_following_foreign_links() -> None:
    fake = server()
    for number in range(3):
        fake.others_follow(f"kunde{number}")

    def elsewhere(request: httpx.Request) -> httpx.Response:
        response = fake.handle(request)
        response.headers["link"] = '<https://boese.example/x?max_id=2>; rel="next", <x>; rel=prev'
        return response

    page = connector(fake, elsewhere).followers(START)
    assert (len(page.items), page.cursor) == (3, "max_id=2")


# --- what a refusal means ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "call", "expected", "reason"),
    [
        (401, b'{"error": "The access token is invalid"}', "read", AccessLost, "token_void"),
        (
            403,
            b'{"error": "This action is outside the authorized scopes"}',
            "read",
            AccessLost,
            "scope_missing",
        ),
        (403, b'{"error": "Your login is currently disabled"}', "read", AccessLost, "forbidden"),
        (403, b"<html>firewall</html>", "read", Unavailable, "not_the_network"),
        (401, b"<html>Wartung</html>", "read", Unavailable, "not_the_network"),
        (403, b'{"error": "This action is not allowed"}', "write", Rejected, "forbidden"),
        (422, b'{"error": "Validation failed"}', "write", Rejected, "refused"),
        (404, b'{"error": "Record not found"}', "write", NotFound, "not_found"),
    ],
)
def test_a_refusal_is_told_apart(
    status: int, body: bytes, call: str, expected: type[ConnectorError], reason: str
) -> None:
    fake = server()
    calls: dict[str, Callable[[Mastodon], object]] = {
        "read": lambda one: one.inbound(START),
        "write": lambda one: one.publish(draft(), ()),
    }
    with pytest.raises(expected) as caught:
        calls[call](connector(fake, answers(status, body)(fake.handle)))
    assert caught.value.reason == reason


# --- connecting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mastodon.social", "https://mastodon.social"),
        ("https://Mastodon.Social/@wir", "https://mastodon.social"),
        ("@wir@mastodon.social", "https://mastodon.social"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("localhost", "https://localhost"),
    ],
)
def test_a_server_is_taken_as_people_type_it(typed: str, address: str) -> None:
    assert server_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "mastodon", "https://", "a b.example", "x.example\r\nX: y", "ftp://x.example"]
)
def test_a_server_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Rejected) as caught:
        server_address(typed)
    assert caught.value.field == "server"


def test_a_person_agrees_and_comes_back() -> None:
    fake = server()
    begun = NETWORK.auth.begin(door(fake), {"server": fake.address}, BACK, "zustand")
    assert "code_challenge_method=S256" in begun.authorize_url
    assert begun.pending["client_secret"] not in begun.authorize_url
    back = fake.agree(begun.authorize_url)
    connected = NETWORK.auth.complete(door(fake), begun.pending, back)
    assert connected.account.author.handle == "werkstatt@mastodon.example"
    assert connected.account.settings == {"id": fake.us, "domain": "mastodon.example"}
    assert set(connected.scopes) == set(NETWORK.manifest.scopes)
    with pytest.raises(Rejected, match="code_refused"):  # a code serves once
        NETWORK.auth.complete(door(fake), begun.pending, back)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"state": "anderer", "code": "x"}, "state_mismatch"),
        ({"code": "x"}, "state_mismatch"),
        ({"state": "zustand", "error": "access_denied"}, "denied"),
        ({"state": "zustand"}, "denied"),
        ({"state": "zustand", "code": "erfunden"}, "code_refused"),
    ],
)
def test_who_comes_back_otherwise_is_not_connected(query: dict[str, str], reason: str) -> None:
    fake = server()
    begun = NETWORK.auth.begin(door(fake), {"server": fake.address}, BACK, "zustand")
    with pytest.raises(Rejected, match=reason):
        NETWORK.auth.complete(door(fake), begun.pending, query)


def test_a_token_with_too_few_scopes_is_not_enough() -> None:
    fake = server()
    begun = NETWORK.auth.begin(door(fake), {"server": fake.address}, BACK, "zustand")
    back = fake.agree(begun.authorize_url)
    narrow = when(wants("POST", "/oauth/token"), answers(200, b'{"access_token": "t", "scope": "read"}'))
    with pytest.raises(AccessLost) as caught:
        NETWORK.auth.complete(door(fake, narrow(fake.handle)), begun.pending, back)
    assert caught.value.scope == "write:statuses write:media"


@pytest.mark.parametrize("status", [404, 405, 422])
def test_a_server_of_another_kind_is_told(status: int) -> None:
    fake = server()
    other = answers(status, b"<html>Kein Mastodon</html>")(fake.handle)
    with pytest.raises(Rejected) as caught:
        NETWORK.auth.begin(door(fake, other), {"server": fake.address}, BACK, "zustand")
    assert (caught.value.reason, caught.value.field) == ("not_this_network", "server")
