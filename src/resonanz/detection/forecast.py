"""How many messages may come next: a range learned from simulated storms, by topic size, doubling time and horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from resonanz.detection import engine as e
from resonanz.detection.forecast_table import RATES, TABLE
from resonanz.detection.state import Floats

HORIZON_MINUTES: Final = (60, 180, 720)
#: Where doubling times are told apart, in minutes.
DOUBLING_EDGES: Final = (12.0, 28.0)


@dataclass(frozen=True, slots=True)
class Range:
    """Messages to expect in the next `minutes`, as the 10 %, 50 % and 90 % quantiles."""

    minutes: int
    low: float
    middle: float
    high: float


def doubling_class(doubling_minutes: float) -> int:
    return int(np.searchsorted(DOUBLING_EDGES, doubling_minutes))


def forecast(row: Floats) -> tuple[Range, ...]:
    """Ranges for the next 1, 3 and 12 hours from one row of the engine's output, taken when the alarm is raised.

    Usual messages go on as they are (rhythm aside); the storm brings a multiple of the usual hourly *level*, whose
    logarithm's quantiles are interpolated in the logarithm of the topic's rate.
    Measured for the moment of the alarm only.
    """
    speed = doubling_class(float(np.exp(row[e.DOUBLING])))
    hourly = max(float(row[e.LEVEL]) * 60, 1e-3)
    at, anchors = np.log10(hourly), np.log10(RATES)
    ranges = []
    for horizon, minutes in enumerate(HORIZON_MINUTES):
        quantiles = [np.interp(at, anchors, [cells[speed][horizon][q] for cells in TABLE]) for q in range(3)]
        low, middle, high = (float(row[e.USUAL] * minutes + hourly * np.exp(q)) for q in quantiles)
        ranges.append(Range(minutes, low, middle, high))
    return tuple(ranges)
