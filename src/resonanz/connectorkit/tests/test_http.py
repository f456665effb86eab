"""The door: what it sends, what it follows, what it makes of every kind of answer, and what it never writes down."""

from __future__ import annotations

import gzip
import io
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    Effect,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.fakes import FakeTransport, Handle, NoAnswer
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.reading import need_text

HOME = "https://home.example"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Token:
    """Access with one secret, which can be renewed as often as `fresh` says."""

    def __init__(self, token: str = "s3cret-old", fresh: tuple[str, ...] = ()) -> None:
        self.token, self.fresh, self.renewals = token, list(fresh), 0
        self.known = (token, *fresh)

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        if used != self.headers():
            return True
        if not self.fresh:
            return False
        self.renewals += 1
        self.token = self.fresh.pop(0)
        return True

    def secrets(self) -> tuple[str, ...]:
        return self.known


def door(handle: Handle, *, away: Handle | None = None, **options: object) -> Http:
    fakes = {HOME: handle} | ({"https://away.example": away} if away else {})
    client = open_client(transport=FakeTransport(fakes))
    return Http(client, HOME, clock=lambda: NOW, **options)  # type: ignore[arg-type]


def says(status: int = 200, body: bytes | str = b"{}", **headers: str) -> Handle:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, content=body, headers=named)


class Stream(httpx.SyncByteStream):
    """A body in pieces, as a socket gives it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.taken = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


# --- what an answer means -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "effect", "expected", "reason"),
    [
        (400, Effect.WRITE, Rejected, "refused"),
        (422, Effect.WRITE, Rejected, "refused"),
        (413, Effect.REPEATABLE, Rejected, "too_large"),
        (401, Effect.READ, AccessLost, "token_void"),
        (403, Effect.READ, AccessLost, "forbidden"),
        (404, Effect.READ, NotFound, "not_found"),
        (410, Effect.WRITE, NotFound, "not_found"),
        (500, Effect.READ, Unavailable, "server_error"),
        (502, Effect.REPEATABLE, Unavailable, "server_error"),
        (503, Effect.WRITE, OutcomeUnknown, "server_error"),
        (504, Effect.WRITE, OutcomeUnknown, "server_error"),
        (302, Effect.READ, Unavailable, "redirected"),
        (303, Effect.WRITE, OutcomeUnknown, "redirected"),
    ],
)
def test_a_status_means_one_error(
    status: int, effect: Effect, expected: type[ConnectorError], reason: str
) -> None:
    with pytest.raises(expected) as caught:
        door(says(status, "no")).call("POST", "/x", effect=effect)
    assert type(caught.value) is expected
    assert caught.value.reason == reason


def test_a_status_that_is_expected_is_an_answer() -> None:
    assert door(says(304)).call("GET", "/x", effect=Effect.READ, accept=(304,)).status == 304


def _raises(error: Exception) -> Handle:
    def handle(request: httpx.Request) -> httpx.Response:
        raise error

    return handle


@pytest.mark.parametrize(
    ("error", "written", "read"),
    [
        (httpx.ConnectError("no"), Unavailable, Unavailable),
        (httpx.ConnectTimeout("no"), Unavailable, Unavailable),
        (httpx.PoolTimeout("no"), Unavailable, Unavailable),
        (httpx.ReadTimeout("no"), OutcomeUnknown, Unavailable),
        (httpx.WriteTimeout("no"), OutcomeUnknown, Unavailable),
        (httpx.ReadError("no"), OutcomeUnknown, Unavailable),
        (httpx.WriteError("no"), OutcomeUnknown, Unavailable),
        (httpx.RemoteProtocolError("no"), OutcomeUnknown, Unavailable),
        (NoAnswer(), OutcomeUnknown, Unavailable),
    ],
)
def test_a_write_is_unknown_only_if_it_may_have_left(
    error: Exception, written: type[ConnectorError], read: type[ConnectorError]
) -> None:
    for effect, expected in ((Effect.WRITE, written), (Effect.READ, read), (Effect.REPEATABLE, read)):
        with pytest.raises(expected):
            door(_raises(error)).call("POST", "/x", effect=effect)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe\x00", b"[" * 200_000, b"9" * 5_000])
def test_a_body_that_is_not_json_is_a_failure_of_the_network(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        door(says(200, body)).call("POST", "/x", effect=Effect.WRITE).json()
    with pytest.raises(Unavailable):
        door(says(200, body)).call("GET", "/x", effect=Effect.READ).json()


def test_json_of_another_shape_is_one_too() -> None:
    answer = door(says(200, b'{"id": 7}')).call("POST", "/x", effect=Effect.WRITE)
    with pytest.raises(OutcomeUnknown, match="id"):
        answer.read(lambda body: need_text(body, "id"))


@pytest.mark.parametrize("address", ["http://[", "//[::1", "http://\x00/"])
def test_a_malformed_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected) as caught:
        door(says()).call("GET", address, effect=Effect.READ)
    assert caught.value.field == "address"


# --- bodies -------------------------------------------------------------------------------------------------------


def test_too_much_is_found_out_after_that_much() -> None:
    stream = Stream(b"x" * 1000 for _ in range(10_000))
    with pytest.raises(Unavailable, match="too_large"):
        door(lambda request: httpx.Response(200, stream=stream)).call(
            "GET", "/x", effect=Effect.READ, max_bytes=4_500
        )
    assert stream.taken == 5


def test_a_gzip_bomb_costs_no_more_than_its_cap() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(iter([bomb])))
    with pytest.raises(Unavailable, match="too_large"):
        door(lambda request: response).call("GET", "/x", effect=Effect.READ)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_gzip_is_read_in_pieces_of_any_size(size: int) -> None:
    packed = gzip.compress(b'{"text": "Gr\xc3\xbc\xc3\x9fe"}')
    pieces = (packed[start : start + size] for start in range(0, len(packed), size))
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(pieces))
    answer = door(lambda request: response).call("GET", "/x", effect=Effect.READ)
    assert answer.json() == {"text": "Grüße"}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"no gzip"), ("gzip", gzip.compress(b"{}", mtime=0)[:-9]), ("br", b"{}"), ("zstd", b"")],
)
def test_compression_that_is_broken_or_unasked_for_is_unreadable(encoding: str, body: bytes) -> None:
    response = httpx.Response(200, headers={"content-encoding": encoding}, stream=Stream(iter([body])))
    with pytest.raises(Unavailable, match="unreadable"):
        door(lambda request: response).call("GET", "/x", effect=Effect.READ)


# --- redirects ----------------------------------------------------------------------------------------------------


def test_redirects_are_followed_as_far_as_allowed() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        step = int(request.url.path.removeprefix("/"))
        return httpx.Response(302, headers={"location": f"/{step + 1}"}) if step < 3 else httpx.Response(200)

    assert door(handle).call("GET", "/0", effect=Effect.READ, redirects=3).url == f"{HOME}/3"
    with pytest.raises(Unavailable, match="redirected"):
        door(handle).call("GET", "/0", effect=Effect.READ, redirects=2)


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [((301,), "/1"), ((308, 301), "/2"), ((301, 302), "/1"), ((302, 301), ""), ((307,), ""), ((), "")],
)
def test_what_moved_for_good_is_told(statuses: tuple[int, ...], moved_to: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        step = int(request.url.path.removeprefix("/"))
        if step == len(statuses):
            return httpx.Response(200)
        return httpx.Response(statuses[step], headers={"location": f"/{step + 1}"})

    answer = door(handle).call("GET", "/0", effect=Effect.READ, redirects=5)
    assert answer.moved_to == (moved_to and HOME + moved_to)


def test_a_redirect_takes_no_secret_to_another_house() -> None:
    seen: list[httpx.Request] = []

    def away(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    there = door(says(302, location="https://away.example/x"), away=away, access=Token())
    there.call("GET", "/x", effect=Effect.READ, redirects=1)
    assert "authorization" not in seen[0].headers


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x.example", "http://[", ""])
def test_a_redirect_to_nowhere_is_a_failure_of_the_network(location: str) -> None:
    with pytest.raises(Unavailable, match="redirected"):
        door(says(302, location=location)).call("GET", "/x", effect=Effect.READ, redirects=3)


def test_a_write_is_never_redirected() -> None:
    calls = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(307, headers={"location": "/again"})

    with pytest.raises(OutcomeUnknown):
        door(handle).call("POST", "/x", effect=Effect.WRITE, redirects=5)
    assert len(calls) == 1


# --- secrets ------------------------------------------------------------------------------------------------------


def _guarded(token: str, found: list[bytes]) -> Handle:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return httpx.Response(401, content=b"stale")
        found.append(request.content)
        return httpx.Response(200, content=b"{}")

    return handle


def test_a_stale_token_is_renewed_once_and_the_file_sent_whole_again() -> None:
    found: list[bytes] = []
    access = Token("old", fresh=("new", "newer"))
    file = io.BytesIO(b"every byte of it")
    door(_guarded("new", found), access=access).call(
        "POST", "/x", effect=Effect.REPEATABLE, files={"file": ("a.png", file, "image/png")}
    )
    assert access.renewals == 1
    assert b"every byte of it" in found[0]
    door(_guarded("new", found), access=access).call("POST", "/x", effect=Effect.WRITE, content=b"body")
    assert access.renewals == 1
    assert found[1] == b"body"


def test_a_token_that_stays_refused_is_lost_after_one_renewal() -> None:
    access = Token("old", fresh=("new", "newer"))
    with pytest.raises(AccessLost):
        door(_guarded("never", []), access=access).call("GET", "/x", effect=Effect.READ)
    assert access.renewals == 1


def test_a_network_may_say_stale_in_its_own_words() -> None:
    access = Token("old", fresh=("new",))

    def handle(request: httpx.Request) -> httpx.Response:
        fresh = request.headers["authorization"].endswith("new")
        return httpx.Response(200 if fresh else 400, content=b"{}")

    there = door(
        handle, access=access, explain=lambda a: AccessLost("token_expired") if a.status == 400 else None
    )
    assert there.call("GET", "/x", effect=Effect.READ).status == 200


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 500])
def test_no_secret_is_written_down(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo: Callable[[httpx.Request], httpx.Response] = lambda request: httpx.Response(  # noqa: E731
        status, content=f"you sent {request.headers.get('authorization')} and {request.content!r}"
    )
    there = door(
        echo,
        access=Token("s3cret-old"),
        explain=lambda a: Rejected("no", detail=a.text()) if a.status == 422 else None,
    )
    with pytest.raises(ConnectorError) as caught:
        there.call(
            "POST", "/x", effect=Effect.READ, form={"password": "s3cret-form"}, hide=("s3cret-form",)
        ).json()
    errors = []
    error: BaseException | None = caught.value
    while error is not None:
        errors.append(f"{error} {error!r} {error.args}")
        error = error.__cause__
    assert "s3cret" not in " ".join(errors)
    assert "s3cret" not in caplog.text


def test_a_password_in_an_address_is_not_logged_by_the_door(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "resonanz.http")
    client = open_client(transport=httpx.MockTransport(says()))
    Http(client).call("GET", "https://user:s3cret@home.example/feed?key=s3cret", effect=Effect.READ)
    assert "home.example/feed 200" in caplog.text
    assert "s3cret" not in "".join(r.getMessage() for r in caplog.records if r.name == "resonanz.http")


def test_cookies_are_neither_kept_nor_sent() -> None:
    cookies = []

    def handle(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"set-cookie": "session=one; Path=/"})

    there = door(handle)
    there.call("GET", "/x", effect=Effect.READ)
    there.call("GET", "/x", effect=Effect.READ)
    assert cookies == [None, None]


# --- rate limits --------------------------------------------------------------------------------------------------


def test_a_429_is_remembered_and_not_asked_again() -> None:
    calls = []
    now = [NOW]

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(429 if len(calls) == 1 else 200, headers={"retry-after": "90"})

    there = door(handle)
    there.clock = lambda: now[0]
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            there.call("POST", "/x", effect=Effect.WRITE)
        assert caught.value.retry_at == NOW + timedelta(seconds=90)
    assert len(calls) == 1
    now[0] += timedelta(seconds=91)
    assert there.call("POST", "/x", effect=Effect.WRITE).status == 200


def test_what_is_counted_apart_stops_nothing_else() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429 if "media" in request.url.path else 200, headers={"retry-after": "90"})

    there = door(handle)
    with pytest.raises(RateLimited) as caught:
        there.call("POST", "/media", effect=Effect.REPEATABLE, bucket="media")
    assert caught.value.scope == "media"
    assert there.call("GET", "/statuses", effect=Effect.READ).status == 200


def test_nothing_remaining_is_believed_before_the_refusal() -> None:
    there = door(says(200, x_ratelimit_remaining="0", x_ratelimit_reset="2026-11-22T12:05:00.000Z"))
    there.call("GET", "/x", effect=Effect.READ)
    with pytest.raises(RateLimited) as caught:
        there.call("GET", "/x", effect=Effect.READ)
    assert caught.value.retry_at == NOW + timedelta(minutes=5)
