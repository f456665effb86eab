"""Without numba the same numbers come out, only later."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import numpy as np
from resonanz.detection import Topic
rng = np.random.default_rng(5)
n = 900
count = rng.poisson(4.0, n).astype(float)
count[-60:] += rng.poisson(np.linspace(1, 30, 60))
negative = rng.binomial(count.astype(int), 0.3).astype(float)
track = Topic().observe_series(29_000_000 + 5 * np.arange(n), np.full(n, 5), count, negative)
print(" ".join(f"{x:.9g}" for x in track.rows[-40:].ravel()))
"""


def rows(**environment: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


@pytest.mark.slow  # compiles or interprets everything anew, twice
def test_plain_python_gives_the_same_rows() -> None:
    pytest.importorskip("numba")
    assert rows(NUMBA_DISABLE_JIT="1") == pytest.approx(rows(), rel=1e-6, abs=1e-9)
