"""The one door to every network: tokens, time-outs, rate limits, size caps, and failures sorted by what they mean."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.guard import PrivateAddress, deadline
from resonanz.connectorkit.ratelimit import RateMemory, retry_at
from resonanz.kernel.clock import Clock, utcnow

log = logging.getLogger("resonanz.http")

USER_AGENT = "Resonanz/0.1 (+self-hosted)"
MAX_BYTES = 8 * 2**20
TIMEOUT_SECONDS = 30.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Effect(Enum):
    """What a request does, and so what a missing answer means."""

    READ = "read"  # nothing
    REPEATABLE = "repeatable"  # the same if done twice
    WRITE = "write"  # something that must not happen twice


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    url: str  # after redirects
    effect: Effect

    def json(self) -> Any:
        """The body as JSON. What can't be read is a failure of the network, sorted like one."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise failure(self.effect, "unreadable", f"not JSON: {self.body[:80]!r}") from error

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def failure(effect: Effect, reason: str, detail: str = "") -> ConnectorError:
    """The error for an answer that is missing or no use."""
    return (
        OutcomeUnknown(reason, detail=detail)
        if effect is Effect.WRITE
        else Unavailable(reason, detail=detail)
    )


class Access(Protocol):
    """The secrets of one channel. Whoever implements it stores renewed ones before it returns."""

    def headers(self) -> Mapping[str, str]:
        """What to send along with each request."""

    def renew(self, used: Mapping[str, str]) -> bool:
        """Get fresh secrets if `used` are still the current ones. False: there is no way to. Raises AccessLost."""

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be written down."""


Explain = Callable[[Answer], ConnectorError | None]


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
    ) -> Answer:
        """Send one request and return its answer: 2xx, or a status in `accept`. Everything else raises.

        path: relative to the door's base, or a whole address; secrets go to the base's own origin only.
        body: sent as JSON. content: bytes or a stream. redirects: how many to follow; writes follow none.
        """
        url = urljoin(self.base_url + "/", path)
        request = {
            "params": params, "json": body, "data": form, "files": files, "content": content,
        }  # fmt: skip
        request = {name: value for name, value in request.items() if value is not None}
        with deadline(timeout_seconds):
            answer = self._once(method, url, effect, request, headers or {}, authorised, max_bytes)
            while answer.status in (301, 302, 303, 307, 308) and redirects and effect is Effect.READ:
                redirects -= 1
                request.pop("params", None)
                url = urljoin(answer.url, answer.headers.get("location", ""))
                answer = self._once(method, url, effect, request, headers or {}, authorised, max_bytes)
        if answer.status < 300 or answer.status in accept:
            return answer
        raise self._error(answer)

    def _once(
        self,
        method: str,
        url: str,
        effect: Effect,
        request: Mapping[str, Any],
        headers: Mapping[str, str],
        authorised: bool,
        max_bytes: int,
    ) -> Answer:
        """One request, and a second one with renewed secrets where the first was refused for stale ones."""
        key = self.rate_key or urlsplit(url).netloc
        if until := self.rate.blocked_until(key, self.clock()):
            raise RateLimited(until, detail="remembered from an earlier answer")
        access = self.access if authorised and self._is_home(url) else None
        used = access.headers() if access else {}
        answer = self._send(method, url, effect, request, {**headers, **used}, max_bytes)
        if access and self._is_stale(answer) and access.renew(used):
            answer = self._send(method, url, effect, request, {**headers, **access.headers()}, max_bytes)
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

    def _send(
        self,
        method: str,
        url: str,
        effect: Effect,
        request: Mapping[str, Any],
        headers: Mapping[str, str],
        max_bytes: int,
    ) -> Answer:
        started = time.monotonic()
        for value in (request.get("content"), *_streams(request.get("files"))):
            if hasattr(value, "seek"):
                value.seek(0)  # a second try sends the whole file again
        try:
            with self.client.stream(
                method,
                url,
                headers={"User-Agent": USER_AGENT, **headers},
                timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=10),
                **request,
            ) as response:
                body = _read_capped(response, max_bytes, effect)
        except _NEVER_SENT as error:
            # Whatever the request would have done, it has not.
            reason = "private_address" if _is_private(error) else "unreachable"
            raise Unavailable(reason, detail=self._clean(str(error))) from error
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError) as error:
            raise Rejected("bad_address", field="address", detail=self._clean(str(error))) from error
        except httpx.TimeoutException as error:
            raise failure(effect, "timeout") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise failure(effect, "broken_connection", self._clean(str(error))) from error
        parts = urlsplit(url)
        # Neither query nor headers: both may carry what must not be written down.
        log.debug("%s %s%s %d %.0f ms", method, parts.netloc, parts.path, response.status_code,
                  (time.monotonic() - started) * 1000)  # fmt: skip
        return Answer(
            response.status_code, {k.lower(): v for k, v in response.headers.items()}, body, url, effect
        )

    def _error(self, answer: Answer) -> ConnectorError:
        """The error an unwelcome status means; the network's own words come first."""
        if answer.status == 429:
            return RateLimited(retry_at(answer.headers, self.clock()))
        if self.explain and (explained := self.explain(answer)) is not None:
            explained.detail = self._clean(explained.detail)
            return explained
        said = self._clean(answer.text()[:300])
        match answer.status:
            case 401 | 403:
                return AccessLost("token_void" if answer.status == 401 else "forbidden", detail=said)
            case 404 | 410:
                return NotFound(detail=said)
            case status if status >= 500:
                # A gateway's error says nothing about what the server behind it did.
                return failure(answer.effect, "server_error", f"{status} {said}")
            case status if status < 400:
                return Unavailable("redirected", detail=str(status))
            case status:
                return Rejected("refused", detail=f"{status} {said}")

    def _clean(self, text: str) -> str:
        for secret in self.access.secrets() if self.access else ():
            if secret:
                text = text.replace(secret, "…")
        return text


def _streams(files: Any) -> list[Any]:
    """The open files in httpx's `files` argument."""
    values = files.values() if isinstance(files, Mapping) else [value for _name, value in files or ()]
    return [value[1] if isinstance(value, tuple) else value for value in values]


def _read_capped(response: httpx.Response, max_bytes: int, effect: Effect) -> bytes:
    """The decompressed body; more than `max_bytes` of it is a failure, found out after that many and no more."""
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > max_bytes:
            raise failure(effect, "too_large", f"more than {max_bytes} bytes")
        parts.append(part)
    return b"".join(parts)


def _is_private(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, PrivateAddress):
            return True
        error = error.__cause__ or error.__context__
    return False
