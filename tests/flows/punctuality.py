"""How late publications are that are all due in the same second, and how much of it is ours. Prints one JSON object.

`python -m tests.flows.punctuality --publications 2000 --latency-ms 100 --database sqlite`
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from resonanz.connectorkit.fakes import FakeServer
from tests.flows.exactly_once import forked, house, owner, schedule_now

LEAD_SECONDS = 8
MOST_SECONDS = 240


@dataclass
class Punctuality:
    """Times are in seconds. lateness: from the planned moment until the network has it and has answered."""

    database: str
    publications: int
    threads: int
    latency_ms: float
    seconds: float  # until the last one was out
    a_second: float
    lateness_p50: float
    lateness_p99: float
    lateness_max: float
    network_p50: float  # in the network, per publication
    ours_p50: float  # lateness without the publication's own time in the network; waiting for a free thread included
    ours_share: float  # of all the time the threads had until the last one was out
    double: int
    out: int


class Watched:
    """A handle that notes for each post when it came and when its answer was ready."""

    def __init__(self, handle: Any, latency_seconds: float) -> None:
        self._handle, self._latency = handle, latency_seconds
        self.times: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        came = time.time()
        time.sleep(self._latency)
        answer: httpx.Response = self._handle(request)
        with self._lock:
            self.times.append((came, time.time()))
        return answer


def measure(database: str, count: int, latency_ms: float, threads: int) -> Punctuality:
    from resonanz.outbound.publishing.tests.network import Paper

    paper = Paper()
    watched = Watched(paper.handle, latency_ms / 1000)
    with house(database), FakeServer(watched) as server:
        from django.utils.timezone import now

        from resonanz.outbound.publishing.models import Publication
        from tests.flows.exactly_once_worker import run

        context, member = forked(), owner()
        planned_at = now() + timedelta(seconds=LEAD_SECONDS)
        schedule_now(member, count, server.address, planned_at)
        worker = context.Process(target=run, args=(threads, ""), daemon=True)
        worker.start()
        _await(Publication)
        out = Publication.objects.filter(state="published").count()
        worker.kill()
        worker.join()
    return _figures(database, count, threads, latency_ms, planned_at, watched.times, out)


def _await(publications: Any) -> None:
    """Until nothing is left that a worker could do."""
    end = time.monotonic() + MOST_SECONDS
    while publications.objects.exclude(due_at=None).exists() and time.monotonic() < end:
        time.sleep(0.2)


def _figures(
    database: str,
    count: int,
    threads: int,
    latency_ms: float,
    planned_at: datetime,
    times: list[tuple[float, float]],
    out: int,
) -> Punctuality:
    due = planned_at.timestamp()
    late = sorted(done - due for _came, done in times)
    inside = [done - came for came, done in times]
    own = [(done - due) - (done - came) for came, done in times]
    span = late[-1]
    return Punctuality(
        database=database,
        publications=count,
        threads=threads,
        latency_ms=latency_ms,
        seconds=round(span, 2),
        a_second=round(count / span, 1),
        lateness_p50=round(statistics.median(late), 2),
        lateness_p99=round(late[int(len(late) * 0.99)], 2),
        lateness_max=round(late[-1], 2),
        network_p50=round(statistics.median(inside), 4),
        ours_p50=round(statistics.median(own), 2),
        ours_share=round(1 - sum(inside) / (threads * span), 3),
        double=len(times) - count,
        out=out,
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publications", type=int, default=2000)
    parser.add_argument("--latency-ms", type=float, default=100)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.database, chosen.publications, chosen.latency_ms, chosen.threads)
    print(json.dumps(asdict(found)))
    return 0 if found.double == 0 and found.out == found.publications else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
