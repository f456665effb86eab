"""The embedded dispatcher: a sweep that claims due rows and a pool of threads that handle them, in this process.

The one place where another way to hand out work (Celery, say) would be put in beside this one: it needs `sweep` to
find rows, and `perform` to run on whatever it hands a lease to.
"""

from __future__ import annotations

import logging
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connections
from django.utils.timezone import now

from resonanz.foundation.work import leases, registry, workers
from resonanz.foundation.work.beats import Heart
from resonanz.foundation.work.leases import Kind, Lease, LeaseLost
from resonanz.foundation.work.models import Fault

log = logging.getLogger("resonanz.work")

PAUSE_SECONDS = 1.0
RECOVER_SECONDS = 1.0
FIND_SECONDS = 1.0


def perform(lease: Lease) -> None:
    """Handle one leased row. Whatever goes wrong, the row is left in a state somebody will look at."""
    try:
        lease.kind.handle(lease)
    except LeaseLost:
        log.warning("%s %s: another worker has taken it over", lease.kind.name, lease.pk)
    except DatabaseError:
        # The database is away or busy: nothing was stored, the lease runs out, somebody tries again.
        log.exception("%s %s: database", lease.kind.name, lease.pk)
    except Exception as error:
        _record_fault(lease, error)


def _record_fault(lease: Lease, error: Exception) -> None:
    # Types and places only: the message of an unforeseen error may carry anything, a token included.
    frames = traceback.extract_tb(error.__traceback__)
    trace = "\n".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    log.error("%s %s: a fault of ours, %s\n%s", lease.kind.name, lease.pk, type(error).__name__, trace)
    try:
        fault = Fault.objects.create(
            kind=lease.kind.name, row=str(lease.pk), summary=type(error).__name__, trace=trace
        )
        lease.kind.on_fault(lease, fault.pk)
    except (LeaseLost, DatabaseError):
        log.exception("%s %s: the fault could not be stored", lease.kind.name, lease.pk)


class Engine:
    """One worker process's sweep and threads. `run` blocks until `stop`."""

    def __init__(self, *, threads: int = 8, kinds: tuple[Kind, ...] | None = None) -> None:
        self.name = workers.new_name()
        self._kinds = registry.kinds() if kinds is None else kinds
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="work")
        self._busy: dict[str, int] = dict.fromkeys((kind.name for kind in self._kinds), 0)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._liveness = workers.liveness()
        self._heart = Heart(self.name)
        self._next: datetime | None = None  # when the next row gets due, as far as the last sweep saw

    def run(self) -> None:
        self._liveness.begin(self.name)
        recovered_at = found_at = now() - timedelta(days=1)
        try:
            while not self._stop.is_set():
                try:
                    close_old_connections()
                    self._heart.beat()
                    if now() - recovered_at >= timedelta(seconds=RECOVER_SECONDS):
                        self.recover()
                        recovered_at = now()
                    if now() - found_at >= timedelta(seconds=FIND_SECONDS):
                        self.find()
                        found_at = now()
                    taken = self.sweep()
                except DatabaseError:
                    log.exception("the sweep could not reach the database")
                    taken = 0
                if not taken:
                    registry.wait(self._pause())
        finally:
            self._pool.shutdown(wait=True, cancel_futures=False)
            self._heart.stop()
            self._liveness.end(self.name)
            connections.close_all()

    def stop(self) -> None:
        """Finish what is in hand and return from `run`."""
        self._stop.set()
        registry.wake()

    def find(self) -> None:
        """Let every stage look for what it can pull. One that fails does not keep the others from looking."""
        for kind in self._kinds:
            try:
                if kind.find is not None:
                    kind.find()
            except DatabaseError:
                raise
            except Exception:
                log.exception("%s: a fault of ours while looking for work", kind.name)

    def sweep(self) -> int:
        """Claim what is due, as far as there are free threads; returns how many rows were handed out."""
        taken, coming = 0, list[datetime]()
        soonest = leases.soonest([kind for kind in self._kinds if self._room(kind) > 0])
        for kind in self._kinds:
            if (moment := soonest.get(kind.name)) is None:
                continue
            if moment > now():
                coming.append(moment)
                continue
            if room := self._room(kind):
                for lease in leases.claim(kind, self.name, limit=room):
                    self._hand_out(lease)
                    taken += 1
        self._next = min(coming, default=None)
        return taken

    def _room(self, kind: Kind) -> int:
        """How many rows of `kind` could be handed out right now."""
        with self._lock:
            return max(
                0, min(kind.parallel - self._busy[kind.name], self._threads - sum(self._busy.values()))
            )

    def recover(self) -> int:
        """Free the rows of workers that died; returns how many."""
        leased = [
            kind.model._default_manager.filter(lease_until__gt=now())
            .order_by()
            .values_list("lease_owner", flat=True)
            for kind in self._kinds
        ]
        owners = set(leased[0].union(*leased[1:])) - {"", self.name} if leased else set()
        return sum(
            leases.free(kind, owner)
            for owner in sorted(owners)
            if not self._liveness.is_alive(owner)
            for kind in self._kinds
        )

    def _hand_out(self, lease: Lease) -> None:
        with self._lock:
            self._busy[lease.kind.name] += 1
        future = self._pool.submit(self._perform, lease)
        future.add_done_callback(lambda done: self._done(lease.kind, done))

    def _perform(self, lease: Lease) -> None:
        try:
            perform(lease)
        finally:
            close_old_connections()

    def _done(self, kind: Kind, future: Future[None]) -> None:
        with self._lock:
            self._busy[kind.name] -= 1
        registry.wake()

    def _pause(self) -> float:
        """Seconds until the next row is due, at most PAUSE_SECONDS. A thread that gets free wakes us sooner."""
        if self._next is None:
            return PAUSE_SECONDS
        return min(max((self._next - now()).total_seconds(), 0.01), PAUSE_SECONDS)


def drain(kinds: tuple[Kind, ...], *, owner: str = "drain", most: int = 10_000) -> int:
    """Do everything of `kinds` that is due, here and now, until nothing is; returns how many steps it took."""
    steps = 0
    while steps < most:
        for kind in kinds:
            if kind.find is not None:
                kind.find()
        taken = [lease for kind in kinds for lease in leases.claim(kind, owner, limit=20)]
        for lease in taken:
            perform(lease)
        if not taken:
            break
        steps += len(taken)
    return steps
