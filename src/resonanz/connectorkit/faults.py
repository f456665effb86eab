"""What goes wrong between us and a network, as wrappers around a fake's `handle`.

Each fault takes a handle and gives a handle, so they nest; `when` narrows one to some requests and some times:

    handle = when(wants("POST", "/api/v1/statuses"), hang_up_after, times=1)(fake.handle)
"""

# ruff: noqa: ARG001, ARG005 (a fault that answers by itself needs neither handle nor request)

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from resonanz.connectorkit.fakes import Handle, NoAnswer

Fault = Callable[[Handle], Handle]
Wanted = Callable[[httpx.Request], bool]


def wants(method: str = "", path: str = "") -> Wanted:
    """Requests with this method (any, if empty) whose path contains `path`."""
    return lambda request: method in ("", request.method) and path in request.url.path


def reads(request: httpx.Request) -> bool:
    return request.method in ("GET", "HEAD")


def writes(request: httpx.Request) -> bool:
    return not reads(request)


def when(wanted: Wanted, fault: Fault, *, after: int = 0, times: int | None = None) -> Fault:
    """`fault` only for `wanted` requests: not for the first `after` of them, then `times` times (None: for ever)."""

    def narrowed(handle: Handle) -> Handle:
        faulty, seen, lock = fault(handle), 0, threading.Lock()

        def answer(request: httpx.Request) -> httpx.Response:
            nonlocal seen
            if not wanted(request):
                return handle(request)
            with lock:
                seen += 1
                hit = after < seen and (times is None or seen <= after + times)
            return faulty(request) if hit else handle(request)

        return answer

    return narrowed


def hang_up_before(handle: Handle) -> Handle:
    """The connection breaks before the network did anything."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise NoAnswer

    return answer


def hang_up_after(handle: Handle) -> Handle:
    """The network did it, and the connection breaks before its answer."""

    def answer(request: httpx.Request) -> httpx.Response:
        handle(request)
        raise NoAnswer

    return answer


def unreachable(handle: Handle) -> Handle:
    """No connection at all."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    return answer


def time_out(handle: Handle) -> Handle:
    """The network did it, and its answer does not come in time."""

    def answer(request: httpx.Request) -> httpx.Response:
        handle(request)
        raise httpx.ReadTimeout("too slow", request=request)

    return answer


def silent_until(released: threading.Event) -> Fault:
    """On a served fake: accepts the request, does nothing and says nothing until released, then hangs up."""

    def silenced(handle: Handle) -> Handle:
        def answer(request: httpx.Request) -> httpx.Response:
            released.wait(30)
            raise NoAnswer

        return answer

    return silenced


def answers(status: int, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Something in between answers instead of the network: a gateway's error, a refusal, a login page."""
    return lambda handle: lambda request: httpx.Response(status, content=body, headers=headers)


def rate_limited(headers: Mapping[str, str]) -> Fault:
    """Too many requests."""
    return answers(429, b'{"error": "Too many requests"}', headers)


def redirects_to(url: str, status: int = 302) -> Fault:
    return answers(status, headers={"location": url})


def with_headers(headers: Mapping[str, str]) -> Fault:
    """The network's answer with further headers."""
    return _mapped(lambda response: _copy(response, response.content, headers))


def mangled(mangle: Callable[[bytes], bytes]) -> Fault:
    """The network's answer with another body."""
    return _mapped(lambda response: _copy(response, mangle(response.content)))


def cut_short(handle: Handle) -> Handle:
    """Half of the network's answer."""
    return mangled(lambda body: body[: len(body) // 2])(handle)


def endless(handle: Handle) -> Handle:
    """An answer that never ends."""

    def blocks() -> Iterator[bytes]:
        while True:
            yield b" " * 65_536

    return lambda request: httpx.Response(200, stream=_Blocks(blocks()))


class _Blocks(httpx.SyncByteStream):
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks


def _mapped(change: Callable[[httpx.Response], httpx.Response]) -> Fault:
    return lambda handle: lambda request: change(handle(request))


def _copy(response: httpx.Response, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
    kept = [(k, v) for k, v in response.headers.multi_items() if k.lower() != "content-length"]
    return httpx.Response(response.status_code, headers=[*kept, *(headers or {}).items()], content=body)


WRONG_VALUES: tuple[Any, ...] = (None, True, -1, 2**70, "", "\x00\ud800", [], {}, [[]], "9" * 400, 1.5)


def broken_variants(sample: Any) -> Iterator[tuple[str, Any]]:
    """`sample` (JSON) with each of its nodes missing, and each of them of every other type, one change at a time.

    Gives the path that was changed and the changed copy. Source of "the shape is wrong at every path" tests.
    """
    text = json.dumps(sample)
    for path in _paths(sample):
        where = "/".join(map(str, path))
        for value in WRONG_VALUES:
            broken = json.loads(text)
            yield f"{where} = {str(value)[:20]!r}", _replaced(broken, path, value)
        if path:
            broken = json.loads(text)
            del _parent(broken, path)[path[-1]]
            yield f"{where} missing", broken


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from _paths(child, (*path, key))


def _parent(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    _parent(value, path)[path[-1]] = new
    return value
