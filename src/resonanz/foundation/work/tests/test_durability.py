"""What a person was told is on the disk by then."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from resonanz.foundation.work import durability
from resonanz.foundation.work.durability import promise
from resonanz.foundation.work.sqlite.base import DatabaseWrapper


@pytest.fixture
def on_disk(on_file: DatabaseWrapper, django_db_blocker: Any) -> Iterator[DatabaseWrapper]:
    """The database is a file for once."""
    usual, connections["default"] = connections["default"], on_file
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (n integer)")
        yield connections["default"]
        connection.close()
    connections["default"] = usual


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The files that were brought to the disk, and how many rows could be read by others at that moment."""
    seen: list[tuple[str, int]] = []

    def watching(descriptor: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM t")
            seen.append((Path(os.readlink(f"/proc/self/fd/{descriptor}")).name, cursor.fetchone()[0]))

    monkeypatch.setattr(durability.os, "fdatasync", watching)
    return seen


def insert(*, promised: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
        if promised:
            promise()


def test_a_promise_is_on_the_disk_when_the_transaction_is_over(
    on_disk: DatabaseWrapper, synced: list[tuple[str, int]]
) -> None:
    insert(promised=False)
    assert synced == []
    insert(promised=True)
    assert synced == [("db.sqlite3-wal", 2)]


def test_within_a_larger_transaction_the_larger_one_counts(
    on_disk: DatabaseWrapper, synced: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        insert(promised=True)
        insert(promised=False)
        assert synced == []
    assert synced == [("db.sqlite3-wal", 2)]


def test_what_is_taken_back_promises_nothing(on_disk: DatabaseWrapper, synced: list[tuple[str, int]]) -> None:
    def promise_and_fail() -> None:
        with transaction.atomic():
            insert(promised=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        promise_and_fail()
    assert synced == []


def test_a_database_in_memory_is_left_alone(db: None, synced: list[tuple[str, int]]) -> None:
    promise()
    assert synced == []
