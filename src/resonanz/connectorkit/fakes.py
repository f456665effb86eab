"""Fakes of networks: pure request-in, answer-out objects, usable inside a process or served on loopback."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol

import httpx


class Fake(Protocol):
    """A small network. `address` is where it believes to live."""

    address: str

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request. May be called from several threads."""


Handle = Callable[[httpx.Request], httpx.Response]


class NoAnswer(Exception):
    """Raised by a fake (or a fault around it) to hang up without a word."""


# RFC 9110, 5.5: what a real connection refuses to send.
_HEADER_VALUE = re.compile(rb"|[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?")


class FakeTransport(httpx.BaseTransport):
    """Sends requests for a fake's address to it, and refuses all others: nothing leaves the process."""

    def __init__(self, fakes: Mapping[str, Handle]) -> None:
        self._fakes = {address.rstrip("/"): handle for address, handle in fakes.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        handle = self._fakes.get(origin)
        if handle is None:
            raise httpx.ConnectError(f"nothing answers at {origin}", request=request)
        request.read()
        for name, value in request.headers.raw:
            if not _HEADER_VALUE.fullmatch(value):
                raise httpx.LocalProtocolError(f"Illegal header value {name!r}", request=request)
        try:
            return handle(request)
        except NoAnswer as error:
            raise httpx.RemoteProtocolError("hung up", request=request) from error


class FakeServer:
    """A fake on a loopback port, for tests with several processes. Use as a context manager."""

    def __init__(self, handle: Handle, port: int = 0) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_any(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                request = httpx.Request(
                    self.command,
                    f"http://{self.headers['host']}{self.path}",
                    headers=list(self.headers.items()),
                    content=self.rfile.read(size),
                )
                try:
                    response = handle(request)
                except NoAnswer:
                    self.close_connection = True
                    return
                body = response.read()
                self.send_response_only(response.status_code)
                for name, value in response.headers.multi_items():
                    if name.lower() not in {"content-length", "transfer-encoding", "content-encoding"}:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that was killed is the point of these tests

        self._server = Server(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
