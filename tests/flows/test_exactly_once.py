"""The proof in its short form: workers killed every half second, and nothing is lost or out twice.

The long one, on both databases and against real servers, is `python -m benchmarks.publishing`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def prove(*arguments: str) -> dict[str, Any]:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.flows.exactly_once",
            "--seconds",
            "12",
            "--publications",
            "150",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        check=False,
        timeout=400,
    )
    print(run.stdout.decode())
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("network", ["paper", "mastodon-fake"])
def test_nothing_is_lost_or_out_twice_while_workers_are_killed(network: str, database: str) -> None:
    found = prove("--network", network, "--database", database)
    assert (found["lost"], found["double"], found["not_understood"]) == (0, 0, 0)
    assert found["kills"] >= 20
    assert found["states"]["published"] >= 0.9 * found["publications"]


@pytest.mark.parametrize(("sabotage", "damage"), [("repeat", "double"), ("believe", "lost")])
def test_the_proof_finds_a_worker_that_repeats_or_believes(sabotage: str, damage: str) -> None:
    assert prove("--sabotage", sabotage)[damage] > 0
