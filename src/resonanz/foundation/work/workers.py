"""Who is alive: each worker process holds a lock for as long as it lives, and the kernel or the database lets go of it
the moment the process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import zlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections


class FileLiveness:
    """For workers on one machine: an `flock` on a file named after the worker."""

    is_certain = True  # the kernel lets go of the lock when the process is gone, and only then

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: int | None = None

    def begin(self, worker: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Locked before it has its name: nobody may ever find the file and the lock free.
        draft = self._folder / f".{worker}"
        self._held = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        draft.rename(self._folder / worker)

    def end(self, worker: str) -> None:
        if self._held is not None:
            (self._folder / worker).unlink(missing_ok=True)
            os.close(self._held)
            self._held = None

    def is_alive(self, worker: str) -> bool:
        try:
            descriptor = os.open(self._folder / worker, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            (self._folder / worker).unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)


class DatabaseLiveness:
    """For workers on many machines: an advisory lock of PostgreSQL, held by a connection of its own."""

    is_certain = False  # the lock also goes when only that connection breaks

    def __init__(self) -> None:
        self._connection: Any = None

    def begin(self, worker: str) -> None:
        self._connection = connections.create_connection("default")
        self._connection.inc_thread_sharing()
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_SPACE, _number(worker)])

    def end(self, worker: str) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def is_alive(self, worker: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SPACE, _number(worker)])
            (got,) = cursor.fetchone()
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SPACE, _number(worker)])
        return not got


_SPACE = 0x5245534F  # "RESO": keeps our locks apart from others in the same database


def _number(worker: str) -> int:
    return zlib.crc32(worker.encode()) - 2**31


def new_name() -> str:
    """A name no other worker has or had."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"


def death_is_certain() -> bool:
    """Whether a worker that counts as dead can surely do nothing more, not even to the network."""
    return FileLiveness.is_certain if settings.EMBEDDED else DatabaseLiveness.is_certain


def liveness() -> FileLiveness | DatabaseLiveness:
    return FileLiveness(settings.DATA / "workers") if settings.EMBEDDED else DatabaseLiveness()
