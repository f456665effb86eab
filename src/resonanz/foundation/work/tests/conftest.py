"""A kind of work that is only here: a table of its own beside the product's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models

from resonanz.foundation.work.leases import Kind, Lease
from resonanz.foundation.work.models import Due
from resonanz.foundation.work.sqlite.base import DatabaseWrapper


class Job(Due):
    note = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "work_tests"  # not an installed app, so no migration misses it

    def __str__(self) -> str:
        return self.note


@pytest.fixture(scope="session")
def job_table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Job)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Job)


@pytest.fixture
def kind(job_table: None, db: None) -> Kind:
    """Hands every lease back as done; `handled` remembers them."""
    handled: list[Lease] = []

    def handle(lease: Lease) -> None:
        handled.append(lease)
        lease.release(None, note="done")

    def on_fault(lease: Lease, fault: int) -> None:
        lease.release(None, note=f"fault {fault}")

    made = Kind("job", Job, handle, on_fault, lease_seconds=60)
    object.__setattr__(made, "handled", handled)
    return made


@pytest.fixture
def on_file(tmp_path: Path) -> DatabaseWrapper:
    """A connection of our own backend to a file, not yet opened."""
    settings = connection.settings_dict | {
        "ENGINE": "resonanz.foundation.work.sqlite",
        "NAME": tmp_path / "db.sqlite3",
        "OPTIONS": {},
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
    }
    return DatabaseWrapper(settings, "default")
