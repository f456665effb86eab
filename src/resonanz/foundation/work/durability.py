"""Commits that survive a power cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
