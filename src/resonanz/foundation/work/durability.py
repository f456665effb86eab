"""Commits that survive a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection, transaction


@contextmanager
def durable() -> Iterator[None]:
    """A transaction that lies on the disk itself when it is over. It cannot be part of another one.

    For the commits before and after a call to a network. PostgreSQL commits like this always; SQLite in WAL mode does
    not (with synchronous=NORMAL a power cut may undo the last commits, though it never damages the file).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic(durable=True):  # inside another transaction it refuses, but in a test's
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")


def promise() -> None:
    """Have the transaction around this lie on the disk before its caller goes on, and tells a person that it is done.

    What `durable` does for a transaction of one's own, this does inside any. It waits for the disk after the commit,
    so nobody else has to wait at the gate meanwhile.
    """
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():  # type: ignore[attr-defined]
        transaction.on_commit(_log_to_disk)


def _log_to_disk() -> None:
    # https://sqlite.org/wal.html (read 2026-11-22): a commit is in the file "-wal" until a checkpoint, which waits for
    # the disk itself, has copied it. With synchronous=FULL SQLite would sync that very file now.
    with suppress(FileNotFoundError):
        log = os.open(f"{connection.settings_dict['NAME']}-wal", os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(log)
        finally:
            os.close(log)
