"""No test can reach the world outside."""

import socket

import pytest
from tools.pytest_loopback import NotLoopback


@pytest.mark.parametrize("address", ["192.0.2.1", "8.8.8.8", "2001:db8::1", "example.org"])
def test_a_connection_to_the_outside_is_an_error(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(NotLoopback):
        outside.connect((address, 80))


def test_a_connection_to_this_machine_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as inside:
        inside.connect(server.getsockname())
