"""A pytest plug-in: no test reaches anything but this machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class NotLoopback(AssertionError):
    """A test tried to leave the machine."""


def _check(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a unix socket
    try:
        inside = ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        inside = address[0] == "localhost"
    if not inside:
        raise NotLoopback(f"a test tried to connect to {address[0]}:{address[1]}")


def pytest_configure(config: pytest.Config) -> None:
    def connect(self: socket.socket, address: Any) -> None:
        _check(address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return _connect_ex(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
