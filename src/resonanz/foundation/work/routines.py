"""What must be done again and again whether or not anybody asks: each routine is a row that is due once a period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from resonanz.foundation.work import registry
from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.foundation.work.models import Routine


@dataclass(frozen=True, slots=True)
class Chore:
    """One routine. `do` may be cut off anywhere and begun anew; it must be over well before the lease is."""

    do: Callable[[], object]
    every: timedelta


LEASE_SECONDS = 1800
_chores: dict[str, Chore] = {}
_written: set[str] = set()  # those that surely have their row


def recurring(name: str, do: Callable[[], object], *, every: timedelta) -> None:
    """Have `do` called once in `every`, for the first time when the first worker starts."""
    if name in _chores:
        raise ValueError(f"two routines are called {name}")
    _chores[name] = Chore(do, every)


def find() -> None:
    """Give every routine its row, once in the life of a process."""
    for name in _chores.keys() - _written:
        Routine.objects.get_or_create(name=name, defaults={"due_at": now()})
        _written.add(name)


def handle(lease: Lease) -> None:
    chore = _chores.get(lease.row().name)
    if chore is None:  # of another version of Resonanz
        lease.release(None)
        return
    chore.do()
    lease.release(now() + chore.every, done_at=now(), attempts=0, fault=None)


def on_fault(lease: Lease, fault: int) -> None:
    lease.release(now() + backoff(lease.row().attempts, first_seconds=60), fault=fault)


ROUTINE = registry.register(
    Kind("routine", Routine, handle, on_fault, lease_seconds=LEASE_SECONDS, parallel=1, find=find)
)
