"""Each worker process says now and then that it lives and what it uses; pages and `doctor` read it."""

from __future__ import annotations

import os
import socket
import time
from datetime import timedelta
from pathlib import Path

from django.db.models import QuerySet
from django.utils.timezone import now

from resonanz.foundation.work.models import Worker

BEAT_SECONDS = 20
SILENT_AFTER_SECONDS = 75


class Heart:
    """The heart of one worker. `beat` writes at most every BEAT_SECONDS."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._at = self._cpu_seconds = 0.0

    def beat(self) -> None:
        at, cpu_seconds = time.monotonic(), time.process_time()
        if self._at and at - self._at < BEAT_SECONDS:
            return
        share = (cpu_seconds - self._cpu_seconds) / (at - self._at) if self._at else 0.0
        self._at, self._cpu_seconds = at, cpu_seconds
        Worker.objects.update_or_create(
            name=self._name,
            defaults={
                "host": socket.gethostname()[:120],
                "pid": os.getpid(),
                "seen_at": now(),
                "memory_bytes": resident_bytes(),
                "cpu_share": share,
            },
        )
        Worker.objects.filter(seen_at__lt=now() - timedelta(days=1)).delete()

    def stop(self) -> None:
        Worker.objects.filter(name=self._name).delete()


def resident_bytes() -> int:
    """The memory this process holds, as Linux counts it; 0 where it cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def alive() -> QuerySet[Worker]:
    """The workers heard from lately. None: nothing that is due will be done, and a page must say so."""
    return Worker.objects.filter(seen_at__gte=now() - timedelta(seconds=SILENT_AFTER_SECONDS))
