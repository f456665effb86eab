"""The one door to every network: tokens, time-outs, rate limits, size caps, and failures sorted by what they mean."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from resonanz.connectorkit.body import MAX_BYTES, read_capped
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.errors import Effect as Effect  # part of what callers say
from resonanz.connectorkit.errors import failure as failure
from resonanz.connectorkit.guard import PrivateAddress, deadline
from resonanz.connectorkit.ratelimit import RateMemory, http_date, retry_at
from resonanz.connectorkit.reading import Unreadable
from resonanz.kernel.clock import Clock, utcnow

T = TypeVar("T")

log = logging.getLogger("resonanz.http")

USER_AGENT = "Resonanz/0.1 (+self-hosted)"
TIMEOUT_SECONDS = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    url: str  # after redirects
    effect: Effect
    # Where the address has moved for good (301, 308), as far as the redirects on the way said so; empty: nowhere.
    moved_to: str = ""

    def json(self) -> Any:
        """The body as JSON. What can't be read is a failure of the network, sorted like one."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            # Not a word of the body: it may be the answer that brings a token.
            raise failure(self.effect, "unreadable", f"{len(self.body)} bytes that are not JSON") from error

    def read(self, translate: Callable[[Any], T]) -> T:
        """The body as JSON, translated; of another shape than agreed it is a failure like the others."""
        body = self.json()
        try:
            return translate(body)
        except Unreadable as error:
            raise failure(self.effect, "unreadable", f"missing or of another type: {error}") from error

    def server_now(self) -> datetime | None:
        """The moment the server believed it was when it answered."""
        return http_date(self.headers.get("date", ""))

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Access(Protocol):
    """The secrets of one channel. Whoever implements it stores renewed ones before it returns."""

    def headers(self) -> Mapping[str, str]:
        """What to send along with each request."""

    def renew(self, used: Mapping[str, str]) -> bool:
        """Get fresh secrets if `used` are still the current ones. False: there is no way to. Raises AccessLost."""

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be written down."""


Explain = Callable[[Answer], ConnectorError | None]


@dataclass(frozen=True, slots=True)
class _Order:
    """One request on its way through the door, without its address."""

    method: str
    effect: Effect
    parts: Mapping[str, Any]  # what httpx is given: params, json, data, files, content
    headers: Mapping[str, str]
    authorised: bool
    max_bytes: int
    bucket: str
    hide: tuple[str, ...]


@dataclass
class Http:
    """A door for one channel (or, without `access`, for nobody in particular)."""

    client: httpx.Client
    base_url: str = ""
    access: Access | None = None
    explain: Explain | None = None  # a network's own way of saying what is wrong
    rate: RateMemory = field(default_factory=RateMemory)
    rate_key: str = ""
    clock: Clock = utcnow

    def call(
        self,
        method: str,
        path: str,
        *,
        effect: Effect,
        params: Mapping[str, Any] | list[tuple[str, Any]] | None = None,
        body: Any = None,
        form: Mapping[str, Any] | None = None,
        files: Any = None,
        content: Any = None,
        headers: Mapping[str, str] | None = None,
        authorised: bool = True,
        redirects: int = 0,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        accept: tuple[int, ...] = (),
        bucket: str = "",
        hide: tuple[str, ...] = (),
    ) -> Answer:
        """Send one request and return its answer: 2xx, or a status in `accept`. Everything else raises.

        path: relative to the door's base, or a whole address; secrets go to the base's own origin only.
        body: sent as JSON. content: bytes or a stream. redirects: how many to follow; writes follow none.
        bucket: what the network counts apart from the rest (uploads, say), so that using it up stops nothing else.
        hide: secrets this request carries besides the channel's own; they appear in no error either.
        """
        parts = {
            "params": params, "json": body, "data": form, "files": files, "content": content,
        }  # fmt: skip
        order = _Order(
            method, effect, {name: value for name, value in parts.items() if value is not None},
            headers or {}, authorised, max_bytes, bucket, hide,
        )  # fmt: skip
        with deadline(timeout_seconds):
            answer = self._follow(order, self._address(path), redirects)
        if answer.status < 300 or answer.status in accept:
            return answer
        raise self._error(answer, order)

    def _address(self, path: str) -> str:
        try:
            url = urljoin(self.base_url + "/", path)
            httpx.URL(url)
        except (ValueError, httpx.InvalidURL) as error:
            raise Rejected("bad_address", field="address") from error
        return url

    def _follow(self, order: _Order, url: str, redirects: int) -> Answer:
        """The answer at the end of at most so many redirects. Writes follow none: they could happen twice."""
        answer = self._once(order, url)
        moved_to, for_good = "", True
        while answer.status in _REDIRECTS and redirects and order.effect is Effect.READ:
            redirects -= 1
            url = _location(answer)
            for_good = for_good and answer.status in _FOR_GOOD
            moved_to = url if for_good else moved_to
            order = replace(order, parts={k: v for k, v in order.parts.items() if k != "params"})
            answer = self._once(order, url)
        return replace(answer, moved_to=moved_to)

    def _once(self, order: _Order, url: str) -> Answer:
        """One request, and a second one with renewed secrets where the first was refused for stale ones."""
        key = f"{self.rate_key or urlsplit(url).netloc} {order.bucket}"
        if until := self.rate.blocked_until(key, self.clock()):
            raise RateLimited(
                until, scope=order.bucket or "channel", detail="remembered from an earlier answer"
            )
        access = self.access if order.authorised and self._is_home(url) else None
        used = access.headers() if access else {}
        answer = self._send(order, url, used)
        if access and self._is_stale(answer) and access.renew(used):
            answer = self._send(order, url, access.headers())
        self.rate.note(key, answer.headers, self.clock())
        if answer.status == 429:
            self.rate.block(key, retry_at(answer.headers, self.clock()))
        return answer

    def _is_home(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self.base_url)[:2]

    def _is_stale(self, answer: Answer) -> bool:
        """Whether the token was refused. Networks that say so otherwise than with 401 tell through `explain`."""
        if answer.status == 401:
            return True
        explained = self.explain(answer) if self.explain and 400 <= answer.status < 500 else None
        return isinstance(explained, AccessLost) and explained.reason == "token_expired"

    def _send(self, order: _Order, url: str, secrets: Mapping[str, str]) -> Answer:
        started = time.monotonic()
        for value in (order.parts.get("content"), *_streams(order.parts.get("files"))):
            if hasattr(value, "seek"):
                value.seek(0)  # a second try sends the whole file again
        try:
            with self.client.stream(
                order.method,
                url,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **order.headers, **secrets},
                timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=10),
                follow_redirects=False,
                **order.parts,
            ) as response:
                body = read_capped(response, order.max_bytes, order.effect)
        except _NEVER_SENT as error:
            # Whatever the request would have done, it has not.
            reason = "private_address" if _is_private(error) else "unreachable"
            raise Unavailable(reason, detail=self._clean(str(error), order)) from error
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError) as error:
            raise Rejected("bad_address", field="address", detail=self._clean(str(error), order)) from error
        except httpx.TimeoutException as error:
            raise failure(order.effect, "timeout") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise failure(order.effect, "broken_connection", self._clean(str(error), order)) from error
        parts = urlsplit(url)
        # Neither query, headers nor the part before an @: all may carry what must not be written down.
        log.debug("%s %s%s %d %.0f ms", order.method, parts.netloc.rpartition("@")[2], parts.path,
                  response.status_code, (time.monotonic() - started) * 1000)  # fmt: skip
        headers = {k.lower(): v for k, v in response.headers.items()}
        return Answer(response.status_code, headers, body, url, order.effect)

    def _error(self, answer: Answer, order: _Order) -> ConnectorError:
        """The error an unwelcome status means; the network's own words come first."""
        if answer.status == 429:
            return RateLimited(retry_at(answer.headers, self.clock()), scope=order.bucket or "channel")
        if self.explain and (explained := self.explain(answer)) is not None:
            explained.detail = self._clean(explained.detail, order)
            explained.args = (explained.reason, explained.detail)
            return explained
        said = self._clean(answer.text()[:300], order)
        match answer.status:
            case 401 | 403:
                return AccessLost("token_void" if answer.status == 401 else "forbidden", detail=said)
            case 404 | 410:
                return NotFound(detail=said)
            case 413:
                return Rejected("too_large", field="media", detail=said)
            case status if status >= 500:
                # A gateway's error says nothing about what the server behind it did.
                return failure(answer.effect, "server_error", f"{status} {said}")
            case status if status < 400:
                # Behind a redirect a write may have happened ("see other" is a usual way to say so).
                return failure(answer.effect, "redirected", str(status))
            case status:
                return Rejected("refused", detail=f"{status} {said}")

    def _clean(self, text: str, order: _Order) -> str:
        for secret in (*(self.access.secrets() if self.access else ()), *order.hide):
            if secret:
                text = text.replace(secret, "…")
        return text


def _location(answer: Answer) -> str:
    """Where a redirect leads."""
    try:
        url = urljoin(answer.url, answer.headers.get("location", ""))
        scheme = httpx.URL(url).scheme
    except (ValueError, httpx.InvalidURL) as error:
        raise failure(answer.effect, "redirected", "to a malformed address") from error
    if scheme not in ("http", "https"):
        raise failure(answer.effect, "redirected", f"to {scheme[:20]}")
    return url


def _streams(files: Any) -> list[Any]:
    """The open files in httpx's `files` argument."""
    values = files.values() if isinstance(files, Mapping) else [value for _name, value in files or ()]
    return [value[1] if isinstance(value, tuple) else value for value in values]


def _is_private(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, PrivateAddress):
            return True
        error = error.__cause__ or error.__context__
    return False
