"""Reading what a server sends back, however much it sends."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx

from resonanz.connectorkit.errors import Effect, failure

MAX_BYTES = 8 * 2**20
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # looks at the first bytes and takes either


def read_capped(response: httpx.Response, max_bytes: int, effect: Effect) -> bytes:
    """The decompressed body; more than `max_bytes` of it is a failure, found out after that many and no more."""
    if response.is_stream_consumed:  # a fake that answers from memory
        parts: Iterator[bytes] = iter((response.content,))
    else:
        parts = _decoded(response, max_bytes, effect)
    body, size = [], 0
    for part in parts:
        size += len(part)
        if size > max_bytes:
            raise failure(effect, "too_large", f"more than {max_bytes} bytes")
        body.append(part)
    return b"".join(body)


def _decoded(response: httpx.Response, max_bytes: int, effect: Effect) -> Iterator[bytes]:
    """The body as it was before compression. httpx would unpack each piece wholly before anybody could count it."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        yield from response.iter_raw()
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise failure(effect, "unreadable", f"encoded as {encoding[:20]}, which nobody asked for")
    unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for piece in response.iter_raw():
            yield unpack.decompress(piece, max_bytes + 1)
        if response.num_bytes_downloaded and not unpack.eof:
            raise zlib.error("cut off")
    except zlib.error as error:
        raise failure(effect, "unreadable", "broken compression") from error
