"""Claiming due rows: one statement, one winner, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils.timezone import now as utcnow

from resonanz.foundation.work.models import Due


class LeaseLost(Exception):
    """Somebody else has the row now; whatever was worked out about it must not be stored."""


@dataclass(frozen=True)
class Kind:
    """One kind of due work.

    handle: does one step and stores it through the lease it is given.
    on_fault: called with the lease and the fault's number when `handle` raised something unforeseen.
    find: called by the sweep about once a second; makes due what this stage can pull from the one before it.
    """

    name: str
    model: type[Due]
    handle: Callable[[Lease], None]
    on_fault: Callable[[Lease, int], None]
    lease_seconds: int = 120
    parallel: int = 8  # at most so many at once in one process
    find: Callable[[], None] | None = None
    together: tuple[str, ...] = ()  # what `row` brings along in the same query, as select_related names it


@dataclass(frozen=True)
class Lease:
    """One row, ours until `until`."""

    kind: Kind
    pk: Any
    owner: str
    number: int
    until: datetime

    def row(self) -> Any:
        """The row as it is now. Raises LeaseLost."""
        for found in self._mine().select_related(*self.kind.together).order_by():
            return found
        raise LeaseLost(f"{self.kind.name} {self.pk}")

    def save(self, **fields: Any) -> None:
        """Store `fields` and keep the lease. Raises LeaseLost and stores nothing if it is not ours any more."""
        if not self._mine().update(**fields):
            raise LeaseLost(f"{self.kind.name} {self.pk}")

    def release(self, due_at: datetime | None, **fields: Any) -> None:
        """Store `fields` and give the row back, due again at `due_at` (None: done)."""
        self.save(due_at=due_at, lease_owner="", lease_until=None, **fields)

    def has(self, seconds: float) -> bool:
        """Whether the lease holds for so long still."""
        return utcnow() + timedelta(seconds=seconds) < self.until

    def _mine(self) -> models.QuerySet[Any]:
        return self.kind.model._default_manager.filter(
            pk=self.pk, lease_owner=self.owner, lease_number=self.number
        )


def claim(kind: Kind, owner: str, *, limit: int = 1, pk: Any = None) -> list[Lease]:
    """Lease up to `limit` due rows (or just the row `pk`, if it is due), earliest first."""
    now = utcnow()
    until = now + timedelta(seconds=kind.lease_seconds)
    table = connection.ops.quote_name(kind.model._meta.db_table)
    field = kind.model._meta.get_field("due_at")
    moment, end = (field.get_db_prep_value(value, connection) for value in (now, until))
    postgres = connection.vendor == "postgresql"
    # MATERIALIZED and SKIP LOCKED: the inner choice is made once, and passes over rows others are taking right now.
    sql = f"""
        WITH due AS {"MATERIALIZED" if postgres else ""} (
            SELECT id FROM {table}
            WHERE due_at <= %s AND (lease_until IS NULL OR lease_until <= %s) {"" if pk is None else "AND id = %s"}
            ORDER BY due_at, id LIMIT %s {"FOR UPDATE SKIP LOCKED" if postgres else ""}
        )
        UPDATE {table}
        SET lease_owner = %s, lease_until = %s, lease_number = lease_number + 1, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due)
        RETURNING id, lease_number
    """  # noqa: S608 (only our own table's name is put in)
    parameters = [moment, moment, *([] if pk is None else [pk]), limit, owner, end]
    # In a transaction, for SQLite commits what RETURNS rows only when the last of them has been read.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return [Lease(kind, pk, owner, number, until) for pk, number in rows]


def due(kind: Kind) -> models.QuerySet[Any]:
    """Rows that could be claimed now."""
    now = utcnow()
    return kind.model._default_manager.filter(due_at__lte=now).filter(
        models.Q(lease_until=None) | models.Q(lease_until__lte=now)
    )


def soonest(kinds: Sequence[Kind]) -> dict[str, datetime]:
    """When the first row that nobody holds is due, or was, by the kind's name; kinds without one are left out.

    One statement for all of them: it is asked after every piece of work.
    """
    if not kinds:
        return {}
    due_at = kinds[0].model._meta.get_field("due_at")
    free = "due_at IS NOT NULL AND (lease_until IS NULL OR lease_until <= %s)"
    tables = [connection.ops.quote_name(kind.model._meta.db_table) for kind in kinds]
    questions = [f"(SELECT due_at FROM {t} WHERE {free} ORDER BY due_at LIMIT 1)" for t in tables]  # noqa: S608 (our own)
    moment = due_at.get_db_prep_value(utcnow(), connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(questions)}", [moment] * len(kinds))
        found = cursor.fetchone()
    column = due_at.get_col("")
    for convert in connection.ops.get_db_converters(column):
        found = [convert(value, column, connection) for value in found]
    return {kind.name: value for kind, value in zip(kinds, found, strict=True) if value is not None}


def free(kind: Kind, owner: str) -> int:
    """Take back everything leased to a worker that is dead; returns how many rows."""
    return kind.model._default_manager.filter(lease_owner=owner, lease_until__gt=utcnow()).update(
        lease_until=utcnow()
    )


def backoff(attempts: int, *, first_seconds: float = 15, most_seconds: float = 3600) -> timedelta:
    """How long to wait after the `attempts`-th failure in a row: doubling, capped, spread by ± 20 %."""
    seconds = min(first_seconds * 2 ** min(max(attempts - 1, 0), 20), most_seconds)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 (spread, not secrecy)
