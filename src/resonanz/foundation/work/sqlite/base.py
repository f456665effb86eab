"""SQLite as several threads and processes need it: WAL, and writers that queue instead of colliding.

SQLite's own busy handler polls with growing pauses, so under load one writer can starve until its time-out. We take
an exclusive `flock` on a file beside the database before every write transaction: the kernel wakes its waiters in
turn, and `BEGIN IMMEDIATE` then never has to wait. Reads take no lock at all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-16000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=134217728",
)
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Gate:
    """One exclusive lock among all writers of a database file, held by one connection at a time."""

    def __init__(self, database: str) -> None:
        self._descriptor = os.open(f"{database}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.held = False

    def enter(self) -> None:
        if not self.held:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            self.held = True

    def leave(self) -> None:
        if self.held:
            self.held = False
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        self.held = False
        os.close(self._descriptor)


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but every write transaction waits at the gate first."""

    _gate: Gate | None = None

    def get_connection_params(self) -> dict[str, Any]:
        options = self.settings_dict.setdefault("OPTIONS", {})
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 30)
        options.setdefault("init_command", ";".join(PRAGMAS))
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db():
            self._gate = Gate(str(self.settings_dict["NAME"]))
            self.execute_wrappers.insert(0, self._through_gate)
        return connection

    def _through_gate(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """A single write outside a transaction is a transaction of its own."""
        gate = self._gate
        if (
            gate is None
            or gate.held
            or self.in_atomic_block
            or not sql.lstrip()[:7].upper().startswith(_WRITES)
        ):
            return execute(sql, params, many, context)
        gate.enter()
        try:
            return execute(sql, params, many, context)
        finally:
            gate.leave()

    def _start_transaction_under_autocommit(self) -> None:
        if self._gate is not None:
            self._gate.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_gate()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            # A failed commit is followed by a rollback, which needs no gate.
            self._leave_gate()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_gate()

    def _leave_gate(self) -> None:
        if self._gate is not None:
            self._gate.leave()

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]
        if self._gate is not None:
            self._gate.close()
            self._gate = None
            self.execute_wrappers.remove(self._through_gate)
