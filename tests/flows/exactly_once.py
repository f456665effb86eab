"""The proof: hundreds of publications, several workers, one of them killed every half second; then the network is read.

`python -m tests.flows.exactly_once --seconds 60 --database postgres --network paper` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerContext
from typing import Any

from tests.servers.postgres import postgres

KILL_EVERY_SECONDS = 0.5
MOST_DRAIN_SECONDS = 240


@dataclass
class Result:
    """What happened. lost: published for us, but not there. double: there more often than published."""

    network: str
    database: str
    seed: int
    seconds: float
    publications: int
    kills: int = 0
    caught_sending: int = 0  # publications whose worker was killed between `sending` and its outcome
    drain_seconds: float = 0
    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    absent_and_repeated: int = 0  # looked for, surely not there, sent again
    faults: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    double: int = 0
    not_understood: int = 0  # left in a state that neither goes on by itself nor asks a person

    @property
    def holds(self) -> bool:
        return not (self.lost or self.double or self.not_understood)


@contextmanager
def house(database: str) -> Iterator[str]:
    """An installation of its own: data folder, database, settings in the environment; migrated."""
    with tempfile.TemporaryDirectory(prefix="resonanz-house-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.flows.settings",
            "RESONANZ_DATA": folder,
            "RESONANZ_ALLOW_PRIVATE_HOSTS": "127.0.0.1,localhost",
            "RESONANZ_LOG_LEVEL": os.environ.get("RESONANZ_LOG_LEVEL", "CRITICAL"),
        }
        if database == "sqlite":
            os.environ.pop("RESONANZ_DATABASE", None)
            yield _migrated(folder)
            return
        with postgres(durable=True) as address:
            os.environ["RESONANZ_DATABASE"] = address
            try:
                yield _migrated(folder)
            finally:
                from django.db import connections

                connections.close_all()


def _migrated(folder: str) -> str:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return folder


def owner() -> Any:
    from resonanz.foundation.workspaces.models import Member, User, Workspace
    from resonanz.foundation.workspaces.roles import Role

    user = User.objects.create_user("owner@house.invalid", None)
    workspace = Workspace.objects.create(name="House", slug="house")
    return Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)


def forked() -> ForkServerContext:
    """Processes that start at once: they fork from one that has taken its seconds to load Django."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.exactly_once_worker"])
    warm = context.Process(target=print, kwargs={"end": ""})
    warm.start()
    warm.join()
    return context


class Workers:
    """Worker processes that are replaced the moment they die."""

    def __init__(self, count: int, threads: int, sabotage: str) -> None:
        self._context, self._arguments = forked(), (threads, sabotage)
        self._processes = [self._start() for _ in range(count)]

    def _start(self) -> Any:
        from tests.flows.exactly_once_worker import run

        process = self._context.Process(target=run, args=self._arguments, daemon=True)
        process.start()
        return process

    def kill(self, chooser: random.Random) -> int:
        """Kill one with SIGKILL and start another; returns the dead one's process id."""
        place = chooser.randrange(len(self._processes))
        victim = self._processes[place]
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self._processes[place] = self._start()
        return int(victim.pid)

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()


def schedule(member: Any, channel: Any, count: int, seconds: float, chooser: random.Random) -> None:
    """`count` publications due at random moments of the next `seconds`; one in ten has the words of another."""
    from django.utils.timezone import now

    from resonanz.outbound.publishing import services
    from resonanz.outbound.publishing.checks import Payload
    from resonanz.outbound.publishing.models import Origin

    start = now() + timedelta(seconds=1)
    for number in range(count):
        text = f"Nachricht {number if number % 10 else number // 20}, mit Grüßen"
        due_at = start + timedelta(seconds=chooser.uniform(0, seconds))
        services.schedule(member, channel, Payload(text=text), origin=Origin.CONTENT, due_at=due_at)


def schedule_now(
    member: Any, count: int, server: str = "http://127.0.0.1:9", due_at: datetime | None = None
) -> None:
    """`count` publications on a paper channel at `server` (default: nobody answers), due at once or all at `due_at`."""
    from django.utils.timezone import now

    from resonanz.foundation.channels.models import Channel
    from resonanz.foundation.channels.secrets import seal
    from resonanz.kernel.ids import new_key
    from resonanz.outbound.publishing.models import Publication

    channel = Channel.objects.create(
        workspace=member.workspace,
        network="paper",
        server=server,
        remote_id="1",
        handle="paper",
        secrets=seal({"token": "s3cret"}),
    )
    moment = due_at or now()
    Publication.objects.bulk_create(
        Publication(
            workspace=member.workspace,
            channel=channel,
            origin="content",
            key=new_key(),
            created_at=now(),
            text=str(number),
            planned_at=moment,
            due_at=moment,
        )
        for number in range(count)
    )


def prove(
    network: str,
    database: str,
    *,
    seconds: float,
    count: int,
    workers: int,
    threads: int,
    seed: int,
    sabotage: str = "",
) -> Result:
    from tests.flows.exactly_once_targets import start

    result = Result(network, database, seed, seconds, count)
    chooser = random.Random(seed)
    with house(database), start(network, seed) as target:
        member = owner()
        channel = target.connect(member)
        running = Workers(workers, threads, sabotage)
        schedule(member, channel, count, seconds * 0.9, chooser)
        try:
            _kill_for(seconds, running, chooser, result)
            _drain(result)
        finally:
            running.stop()
        _read(channel, target, result)
    return result


def _kill_for(seconds: float, running: Workers, chooser: random.Random, result: Result) -> None:
    from resonanz.outbound.publishing.models import Publication

    end = time.monotonic() + seconds
    following = time.monotonic() + KILL_EVERY_SECONDS
    while time.monotonic() < end:
        time.sleep(max(following - time.monotonic(), 0))
        following += KILL_EVERY_SECONDS
        dead = running.kill(chooser)
        result.kills += 1
        caught = Publication.objects.filter(state="sending", lease_owner__contains=f"-{dead}-")
        result.caught_sending += caught.count()


def _drain(result: Result) -> None:
    """Wait until everything is out, or waits for a person."""
    from resonanz.outbound.publishing.models import Publication

    began = time.monotonic()
    while Publication.objects.exclude(due_at=None).exists() and time.monotonic() - began < MOST_DRAIN_SECONDS:
        time.sleep(0.2)
    result.drain_seconds = round(time.monotonic() - began, 1)


def _read(channel: Any, target: Any, result: Result) -> None:
    """Hold what we believe against what is there."""
    from django.db.models import Q, Sum

    from resonanz.outbound.publishing.models import Publication

    rows = Publication.objects.filter(channel=channel)
    result.states = dict(Counter(rows.values_list("state", flat=True)))
    unfinished = rows.exclude(state="published")
    result.reasons = dict(
        Counter(f"{state}: {reason}" for state, reason in unfinished.values_list("state", "state_reason"))
    )
    result.absent_and_repeated = rows.aggregate(n=Sum("absences"))["n"] or 0
    result.faults = dict(target.faults)
    believed = Counter(rows.filter(state="published").values_list("text", flat=True))
    there = Counter(target.texts())
    result.lost = (believed - there).total()
    result.double = (there - believed).total()
    understood = Q(state="published") | Q(state="failed") | Q(state="checking", due_at=None)
    result.not_understood = rows.exclude(understood).count()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", default="paper")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--publications", type=int, default=400)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--sabotage", default="", help="break the worker, to see that it is found out")
    chosen = parser.parse_args(arguments)
    result = prove(
        chosen.network,
        chosen.database,
        seconds=chosen.seconds,
        count=chosen.publications,
        workers=chosen.workers,
        threads=chosen.threads,
        seed=chosen.seed,
        sabotage=chosen.sabotage,
    )
    print(json.dumps(asdict(result)))
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
