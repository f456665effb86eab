"""A PostgreSQL of its own for as long as it is needed: a fresh cluster in a temporary folder, on loopback only.

`python -m tests.servers.postgres COMMAND …` runs a command with RESONANZ_DATABASE pointing to it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START_SECONDS = 30


class NoPostgres(Exception):
    """PostgreSQL is not installed (Debian: apt install postgresql)."""


def programs() -> Path:
    """Where the newest installed server's programs lie. Raises NoPostgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    raise NoPostgres


@contextmanager
def postgres(*, durable: bool = False, name: str = "resonanz") -> Iterator[str]:
    """The address of an empty database. `durable`: commits reach the disk, as in production; tests don't need it."""
    binaries = programs()
    # The server refuses to run as root, so then it runs as the user its package has made.
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="resonanz-postgres-") as temporary:
        folder = Path(temporary)
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, **as_user}
        initdb = [binaries / "initdb", "-D", folder / "data", "-U", "resonanz", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C.UTF-8", "--no-sync"], check=True, **quiet)  # type: ignore[call-overload]
        port = _free_port()
        options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        options |= {"max_connections": 200, "max_prepared_transactions": 0}
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *arguments], cwd=folder, stderr=log, **as_user
            )
        try:
            _await(binaries, server, port, folder / "log")
            subprocess.run(
                [binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "resonanz", name],
                check=True,
                **quiet,  # type: ignore[call-overload]
            )
            yield f"postgresql://resonanz@127.0.0.1:{port}/{name}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in there is kept
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(binaries: Path, server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    end = time.monotonic() + _START_SECONDS
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def main(command: list[str]) -> int:
    with postgres() as address:
        return subprocess.run(
            command, env=os.environ | {"RESONANZ_DATABASE": address}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
