"""Connections to public addresses only, checked where the socket opens, and never longer than allowed.

A check of the name before the request would be too early: a name may resolve to something else a moment later, and a
redirect may lead anywhere. Here the very address that is connected to has been looked at.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from resonanz.connectorkit import lookup

# RFC 6052, RFC 8215, RFC 4291 (2.5.5.1): IPv6 addresses that lead to IPv4 ones.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_OF_THE_HOUSE = ipaddress.ip_network("64:ff9b:1::/48")
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class PrivateAddress(httpcore.ConnectError):
    """The host lies in a private, local or reserved network."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything the network does inside must be over after `seconds`, however slowly the other side drips.

    Of deadlines inside one another the nearest counts. When it has passed nothing more is sent, even by a process
    that was stopped in between and goes on much later.
    """
    end, outer = time.monotonic() + seconds, _deadline.get()
    token = _deadline.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def _remaining(timeout: float | None) -> float | None:
    """`timeout`, or less if the deadline comes first; never zero, which would mean "do not block"."""
    end = _deadline.get()
    if end is None:
        return timeout
    left = max(end - time.monotonic(), 0.001)
    return left if timeout is None else min(left, timeout)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv4 address in IPv6 clothes is judged as what it is.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64_OF_THE_HOUSE:
            return False
        if ip in _NAT64 or ip in _IPV4_COMPATIBLE:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


class _Stream(httpcore.NetworkStream):
    """A connection that knows the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if (end := _deadline.get()) is not None and time.monotonic() >= end:
            raise httpcore.WriteTimeout("too late to send")
        self._inner.write(buffer, _remaining(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens sockets to public addresses, and to private ones only for hosts that the owner has named."""

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = lookup.addresses(host, port, _remaining(timeout))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no address for {host} in time") from error
        except (OSError, UnicodeError, OverflowError) as error:  # the last two: names and ports that are none
            raise httpcore.ConnectError(f"no address for {host}") from error
        # All of them must be public: with a mixed answer the next look-up could choose the other one.
        private = [address for address in addresses if not is_public(address)]
        if private and not self._is_allowed(host, port):
            raise PrivateAddress(f"{host} is {private[0]}")
        failure: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in addresses[:4]:
            try:
                return _Stream(
                    self._inner.connect_tcp(address, port, _remaining(timeout), local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _is_allowed(self, host: str, port: int) -> bool:
        return host.lower() in self._allowed or f"{host.lower()}:{port}" in self._allowed

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        raise PrivateAddress("unix sockets are not connected to")


class GuardedTransport(httpx.HTTPTransport):
    """httpx's transport with our backend below it. No proxies from the environment: they would connect for us."""

    def __init__(self, allowed_hosts: Iterable[str] = (), *, connections: int = 32) -> None:
        super().__init__(trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=connections // 2,
            keepalive_expiry=15,
            network_backend=GuardedBackend(allowed_hosts),
        )


def open_client(
    allowed_hosts: Iterable[str] = (),
    *,
    transport: httpx.BaseTransport | None = None,
    mounts: Mapping[str, httpx.BaseTransport] | None = None,
) -> httpx.Client:
    """The client all doors of a process share: guarded, without proxies from the environment, without redirects of
    its own, and without cookies, which would carry one channel's session into another's request.

    transport: instead of the guarded one (a fake's). mounts: for some addresses only, by httpx's patterns.
    """
    return httpx.Client(
        transport=transport or GuardedTransport(allowed_hosts),
        mounts=dict(mounts or {}),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )
