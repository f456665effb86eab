"""Exactly once, and on time: the figures of docs/publishing/exactly-once.md.

`python -m benchmarks.publishing [--seconds 60] [--publications 400] [--only kills|punctuality]` prints two tables.
Each line is a run of its own (a fresh installation, a fresh network); the first start also installs the servers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

NETWORKS = ("paper", "mastodon-fake", "bluesky-pds", "mastodon-mock")
DATABASES = ("sqlite", "postgres")
LATENCIES_MS = (100, 0)
KILLS = (
    "network", "database", "publications", "kills", "caught_sending", "absent_and_repeated", "published", "lost",
    "double", "not_understood", "drain_seconds", "seed",
)  # fmt: skip
PUNCTUALITY = (
    "database", "latency_ms", "publications", "a_second", "lateness_p50", "lateness_p99", "lateness_max",
    "network_p50", "ours_p50", "ours_share", "double",
)  # fmt: skip


def run(module: str, *arguments: str) -> dict[str, Any] | None:
    """The JSON object a run prints; None if it came to none."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        print(f"{module} {' '.join(arguments)}: no result", flush=True)
        return None
    return found | {"published": found.get("states", {}).get("published", 0)}


def heading(columns: Iterable[str]) -> None:
    print("\n| " + " | ".join(columns) + " |\n|" + "---|" * len(list(columns)), flush=True)


def line(columns: Iterable[str], found: dict[str, Any]) -> None:
    print("| " + " | ".join(str(found[column]) for column in columns) + " |", flush=True)


def kills(seconds: float, publications: int, networks: Iterable[str]) -> bool:
    heading(KILLS)
    holds = True
    for network in networks:
        for database in DATABASES:
            found = run(
                "tests.flows.exactly_once",
                *("--network", network, "--database", database),
                *("--seconds", str(seconds), "--publications", str(publications)),
            )
            if found is not None:
                line(KILLS, found)
            holds &= found is not None and not (found["lost"] or found["double"] or found["not_understood"])
    return holds


def punctuality(publications: int) -> bool:
    heading(PUNCTUALITY)
    holds = True
    for database in DATABASES:
        for latency_ms in LATENCIES_MS:
            found = run(
                "tests.flows.punctuality",
                *(
                    "--publications",
                    str(publications),
                    "--latency-ms",
                    str(latency_ms),
                    "--database",
                    database,
                ),
            )
            if found is not None:
                line(PUNCTUALITY, found)
            holds &= found is not None and found["out"] == publications and not found["double"]
    return holds


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long workers are killed")
    parser.add_argument("--publications", type=int, default=400, help="while they are killed")
    parser.add_argument("--due-at-once", type=int, default=2000)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--only", choices=("kills", "punctuality"))
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {load:.1f}")
    holds = True
    if chosen.only != "punctuality":
        holds &= kills(chosen.seconds, chosen.publications, chosen.networks)
    if chosen.only != "kills":
        holds &= punctuality(chosen.due_at_once)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
