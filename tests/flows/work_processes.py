"""Work with several processes at once: claiming, dying, and waiting at the gate. Prints one JSON object.

`python -m tests.flows.work_processes claims|death|gate [--database postgres]`
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any

from tests.flows.exactly_once import forked, house, owner, schedule_now

CLAIMERS, ROWS = 4, 400
GATE_WRITERS, GATE_SECONDS = 8, 4.0


def claims(context: ForkServerContext) -> dict[str, Any]:
    """Several processes claim the same rows at the same moment: each row must go to one of them."""
    schedule_now(owner(), ROWS)
    taken = _all_say(context, _claim_all, CLAIMERS)
    counted = Counter(pk for one in taken for pk in one)
    return {
        "rows": ROWS,
        "claimed": len(counted),
        "claimed_twice": sum(count > 1 for count in counted.values()),
        "claimers_with_rows": sum(bool(one) for one in taken),
    }


def _claim_all(number: int, say: Callable[[Any], None]) -> None:
    from resonanz.foundation.work.leases import claim
    from resonanz.outbound.publishing.worker import KIND

    mine: list[int] = []
    while found := claim(KIND, f"claimer-{number}", limit=3):
        mine += [lease.pk for lease in found]
    say(mine)


def death(context: ForkServerContext) -> dict[str, Any]:
    """A worker is killed with rows in its hands: how long until another may have them?"""
    from resonanz.foundation.work import leases
    from resonanz.foundation.work.engine import RECOVER_SECONDS, Engine
    from resonanz.outbound.publishing.worker import KIND

    schedule_now(owner(), 3)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_hold, args=(sender,), daemon=True)
    process.start()
    held = receiver.recv()
    survivor = Engine(threads=1, kinds=(KIND,))
    while_alive = survivor.recover()
    os.kill(process.pid or 0, signal.SIGKILL)
    killed = time.monotonic()
    while leases.due(KIND).count() != 3:
        survivor.recover()
        time.sleep(0.01)
    seconds = time.monotonic() - killed
    process.join()
    return {
        "held": held,
        "freed_while_alive": while_alive,
        "seconds": round(seconds + RECOVER_SECONDS, 3),  # the engine looks once in so long
        "due_again": leases.due(KIND).count(),
    }


def _hold(sender: Any) -> None:
    from resonanz.foundation.work import workers
    from resonanz.foundation.work.leases import claim
    from resonanz.outbound.publishing.worker import KIND

    name, liveness = workers.new_name(), workers.liveness()
    liveness.begin(name)
    sender.send(len(claim(KIND, name, limit=9)))
    time.sleep(60)


def gate(context: ForkServerContext) -> dict[str, Any]:
    """Processes that write without a pause: nobody is refused, and nobody starves."""
    said = _all_say(context, _write, GATE_WRITERS)
    writes = [one["writes"] for one in said]
    return {
        "writers": GATE_WRITERS,
        "seconds": GATE_SECONDS,
        "writes": sum(writes),
        "fewest": min(writes),
        "most": max(writes),
        "errors": sum(one["errors"] for one in said),
        "longest_wait_ms": round(max(one["longest"] for one in said) * 1000, 1),
    }


def _write(number: int, say: Callable[[Any], None]) -> None:
    from django.db import DatabaseError, transaction

    from resonanz.foundation.work.models import Fault

    end = time.monotonic() + GATE_SECONDS
    writes = errors = 0
    longest = 0.0
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            with transaction.atomic():
                Fault.objects.create(kind="gate", row=str(number), summary="", trace="")
                Fault.objects.filter(kind="gate").count()
            writes += 1
        except DatabaseError:
            errors += 1
        longest = max(longest, time.monotonic() - began)
    say({"writes": writes, "errors": errors, "longest": longest})


def _all_say(context: ForkServerContext, target: Any, count: int) -> list[Any]:
    """Run `target(number, say)` in `count` processes that begin together; what each of them said."""
    barrier, queue = context.Barrier(count), context.Queue()
    processes = [
        context.Process(target=_begin_together, args=(target, number, barrier, queue), daemon=True)
        for number in range(count)
    ]
    for process in processes:
        process.start()
    said = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    return said


def _begin_together(target: Any, number: int, barrier: Any, queue: Any) -> None:
    barrier.wait(30)
    target(number, queue.put)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("claims", "death", "gate"))
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args(arguments)
    with house(chosen.database):
        print(json.dumps({"claims": claims, "death": death, "gate": gate}[chosen.what](forked())))


if __name__ == "__main__":
    main(sys.argv[1:])
