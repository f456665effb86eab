"""Work with several processes: no row goes to two, the dead are noticed, and nobody starves at the gate."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgres"])


def run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.flows.work_processes", *arguments]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, timeout=200))
    print(found)
    return found


@BOTH
def test_each_row_is_claimed_by_exactly_one_process(database: str) -> None:
    found = run("claims", "--database", database)
    assert (found["claimed"], found["claimed_twice"]) == (found["rows"], 0)
    assert found["claimers_with_rows"] > 1


@BOTH
def test_the_rows_of_a_killed_worker_are_free_in_moments(database: str) -> None:
    found = run("death", "--database", database)
    assert (found["held"], found["freed_while_alive"], found["due_again"]) == (3, 0, 3)
    assert found["seconds"] < 5


def test_writers_wait_in_line_and_nobody_is_refused() -> None:
    found = run("gate")
    assert found["errors"] == 0
    assert found["fewest"] > 0.25 * found["most"]
    assert found["longest_wait_ms"] < 3000
