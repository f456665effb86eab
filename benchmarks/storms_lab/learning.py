"""What the detector ships with, learned from development years: thresholds, forecast table, factors of the onset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.storms_lab.product import HORIZONS, Found, doubling_of, watched
from benchmarks.storms_lab.trials import WARM_UP, World
from benchmarks.storms_lab.world import YEAR
from resonanz.detection import engine as e
from resonanz.detection import forecast_table
from resonanz.detection.episodes import TONED, follow
from resonanz.detection.forecast import DOUBLING_EDGES, doubling_class
from resonanz.detection.state import new_state

QUANTILES = (0.1, 0.5, 0.9)


def evidence(world: World, seed: int) -> np.ndarray:
    """Log-odds of storm and candystorm (minutes, 2) in a storm-free year; no threshold has a part in them."""
    return watched(world.year(seed, storms=False)).rows[:, : e.CANDY_ODDS + 1].astype(np.float32)


def common_threshold(years: Sequence[np.ndarray], false_alarms_per_year: float) -> float:
    """The lowest common log-odds at which our detector keeps to a rate on storm-free years, its own caution and all."""
    allowed = false_alarms_per_year * sum(len(odds) - WARM_UP for odds in years) / YEAR
    low, high = -6.0, 16.0
    while high - low > 0.02:
        middle = (low + high) / 2
        if sum(_alarms(odds, middle, false_alarms_per_year) for odds in years) > allowed:
            low = middle
        else:
            high = middle
    return high


def _alarms(odds: np.ndarray, threshold: float, false_alarms_per_year: float) -> int:
    """Alarms after the warm-up that this evidence would raise with another common threshold."""
    n = len(odds)
    alarm, episode, score = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    limits = np.full(n, threshold)
    follow(
        new_state(),
        false_alarms_per_year,
        TONED,
        odds.astype(float),
        np.ones(n),
        limits,
        alarm,
        episode,
        score,
    )
    return int(np.count_nonzero(alarm[WARM_UP:]))


def age_factors(found: Iterable[Found]) -> list[float]:
    """True age over the ladder's reckoning of it: quantiles 10 %, 50 %, 90 %."""
    return np.quantile([f.age / max(f.row[e.AGE], 1.0) for f in found], QUANTILES).round(2).tolist()


def forecast_cells(found: Sequence[Found]) -> str:
    """The forecast table's part for one size, as source text."""
    classes = [doubling_class(doubling_of(f)) for f in found]
    rows = []
    for speed in range(len(DOUBLING_EDGES) + 1):
        mine = [f for f, c in zip(found, classes, strict=True) if c == speed]
        rows.append(
            f"        ({', '.join(_cell(mine, h) for h in range(len(HORIZONS)))}),  # {len(mine)} storms"
        )
    return "\n".join(["    (", *rows, "    ),"])


def _cell(storms: Sequence[Found], horizon: int) -> str:
    """Quantiles of the logarithm of (storm's messages / usual messages an hour).

    Weibull's plotting positions make the outer ones hold for the *next* storm too, not only for those learned from.
    """
    excess = [(f.came[horizon] - f.row[e.USUAL] * HORIZONS[horizon]) / (f.row[e.LEVEL] * 60) for f in storms]
    quantiles = np.quantile(np.maximum(excess, 0.05), QUANTILES, method="weibull")
    return f"({', '.join(f'{q:.2f}' for q in np.log(quantiles))})"


def write_table(rates: Sequence[float], cells: Sequence[str]) -> None:
    """Write the forecast's table from the messages an hour and the cells of each size."""
    head = f'"""{(forecast_table.__doc__ or "").strip()}"""'
    note = "# [topic rate][doubling class][horizon] → (10 %, 50 %, 90 %)"
    learned_at = ["#: Messages an hour of the topics that it was learned at.", f"RATES = {tuple(rates)}"]
    text = [head, "", *learned_at, note, "TABLE = (", *cells, ")", ""]
    Path(forecast_table.__file__).write_text("\n".join(text), "utf-8")
