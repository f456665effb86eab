"""A server that speaks Mastodon's API, on loopback: PyPI's mastodon-mock, in an environment of its own.

`with mastodon() as server:` starts it on a free port with an empty database in memory (about 90 MB, 3 to 8 s). It is
installed into var/, once. It is a mock: media are never processed in the background, ids of media are not checked, the
Idempotency-Key is what it remembers of it. Not used: a real Mastodon needs Ruby, PostgreSQL, Redis and its own sources,
which no package registry carries.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_REQUIREMENT = "mastodon-mock==0.6.1"
_INSTALLED = Path(__file__).parents[2] / "var" / "mastodon-mock"
_START_SECONDS = 120  # on a loaded machine


class CannotStart(Exception):
    """What the server needs cannot be had here; the message says what. Tests are skipped with it."""


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    token: str


@dataclass
class MastodonServer:
    """The running server, and what people do on it."""

    address: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=60))

    def join(self, name: str) -> Person:
        made = self.client.post(f"{self.address}/api/v1/_mock/dev_user", json={"username": name}).json()
        return Person(made["id"], name, made["access_token"])

    def agree(self, authorize_url: str, name: str) -> dict[str, str]:
        """A person agrees on the server's page. Gives the query they come back with."""
        asked = httpx.URL(authorize_url).params
        shown = self.client.get(authorize_url)
        assert shown.status_code == 200
        form = {**asked, "username": name}
        answer = self.client.post(f"{self.address}/oauth/authorize", data=form)
        return dict(httpx.URL(answer.headers["location"]).params)

    def call(self, person: Person, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(
            method, f"{self.address}{path}", json=body, headers={"Authorization": f"Bearer {person.token}"}
        )
        answer.raise_for_status()
        return answer.json()


@contextmanager
def mastodon() -> Iterator[MastodonServer]:
    """A running server. Raises CannotStart."""
    program = _install()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [str(program), "serve", "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=_INSTALLED,
    )
    try:
        _wait(process, address)
        yield MastodonServer(address)
    finally:
        process.terminate()
        process.wait(20)


def _install() -> Path:
    """mastodon-mock in its own virtual environment; several test processes may come at once."""
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    program = _INSTALLED / "venv" / "bin" / "mastodon_mock"
    with (_INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            python = str(_INSTALLED / "venv" / "bin" / "python")
            uv = Path(sys.executable).parent / "uv"
            for command in (
                [str(uv), "venv", "-q", "--clear", str(_INSTALLED / "venv")],
                [str(uv), "pip", "install", "-q", "-p", python, _REQUIREMENT],
            ):
                done = subprocess.run(command, capture_output=True, text=True, env=environment)
                if done.returncode:
                    raise CannotStart(f"{_REQUIREMENT} cannot be installed: {done.stderr[-300:]}")
    return program


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise CannotStart(f"mastodon-mock ended with {process.returncode}")
        try:
            httpx.get(f"{address}/api/v2/instance", trust_env=False, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise CannotStart(f"mastodon-mock did not answer within {_START_SECONDS} s")
