"""Single brand-years, judged: what our detector, the oracle and the rivals find in one, and how often they are wrong.

A judged storm is a dictionary with its `doubling` time and the `delay` of the alarm in minutes (None: missed); our own
detector adds what it said. All of it is JSON, so that a store can keep it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.storms_lab.oracle import oracle
from benchmarks.storms_lab.product import Found, false_alarms, found_storms, watched
from benchmarks.storms_lab.rivals import RIVALS
from benchmarks.storms_lab.scoring import alarm_minutes, delays, threshold_for
from benchmarks.storms_lab.world import DAY, DOUBLING_MINUTES, WARM_UP_DAYS, BrandYear, brand_year

WARM_UP = WARM_UP_DAYS * DAY
ORACLE = "oracle"
#: Stands for the doubling time in the place of methods that do not know it.
ANY = 0

Judged = dict[str, Any]


@dataclass(frozen=True)
class World:
    """A kind of brand: its size, and the least that surges bring (0: nothing beyond a multiple of the usual)."""

    size: str
    surge_floor: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.size}-floor-{self.surge_floor:g}" if self.surge_floor else self.size

    def year(self, seed: int, *, storms: bool) -> BrandYear:
        return brand_year(self.size, seed, storms=storms, surge_floor=self.surge_floor)


def our_calm(world: World, seed: int) -> int:
    """False alarms of our detector in one storm-free year after the warm-up."""
    year = world.year(seed, storms=False)
    return false_alarms(watched(year), year)


def our_storms(world: World, seed: int) -> Judged:
    """Our detector in one year with storms: `storms`, and `stray` alarms within none."""
    year = world.year(seed, storms=True)
    track = watched(year)
    found = {f.storm.onset: f for f in found_storms(track, year)}
    judged = [
        {"doubling": storm.doubling_minutes}
        | (_said(found[storm.onset]) if storm.onset in found else {"delay": None})
        for storm in year.storms
    ]
    return {"storms": judged, "stray": false_alarms(track, year)}


def _said(found: Found) -> Judged:
    """The delay of an alarm, and whether what it said was true. `forecast` goes by horizon."""
    alarm = found.alarm
    onset = alarm.at - found.age
    return {
        "delay": found.minute - found.storm.onset,
        "kind": alarm.kind.value,
        "level": alarm.level,
        "forecast": [r.low <= came <= r.high for r, came in zip(alarm.forecast, found.came, strict=True)],
        "onset": alarm.onset_range[0] <= onset <= alarm.onset_range[1],
        "doubling_said": alarm.doubling_range[0] <= found.storm.doubling_minutes <= alarm.doubling_range[1],
    }


def statistics(method: str, size: str) -> dict[int, Callable[[BrandYear], np.ndarray]]:
    """A method's statistics by the doubling time that it is told: four for the oracle, one for all others."""
    if method != ORACLE:
        return {ANY: RIVALS[method]}
    return {d: lambda year, d=d: oracle(year, size, d) for d in DOUBLING_MINUTES}


def limits(method: str, world: World, seeds: range) -> dict[str, float]:
    """For each of a method's statistics the lowest threshold with at most one false alarm a year on calm years."""
    found = statistics(method, world.size)
    seen: dict[int, list[np.ndarray]] = {d: [] for d in found}
    for seed in seeds:
        year = world.year(seed, storms=False)
        for d, statistic in found.items():
            seen[d].append(statistic(year))
    return {str(d): threshold_for(each, 1.0, WARM_UP) for d, each in seen.items()}


def calm(method: str, world: World, seed: int, limit: dict[str, float]) -> float:
    """False alarms of a method in one storm-free year after the warm-up; the mean over its statistics."""
    year = world.year(seed, storms=False)
    found = statistics(method, world.size)
    return float(np.mean([len(alarm_minutes(s(year)[WARM_UP:], limit[str(d)])) for d, s in found.items()]))


def stormy(method: str, world: World, seed: int, limit: dict[str, float]) -> Judged:
    """A method in one year with storms, each judged by the statistic that knows its doubling time."""
    year = world.year(seed, storms=True)
    values = {
        d: delays(alarm_minutes(s(year), limit[str(d)]), year.storms)
        for d, s in statistics(method, world.size).items()
    }
    judged = []
    for i, storm in enumerate(year.storms):
        late = float(values.get(int(storm.doubling_minutes), values.get(ANY))[i])
        judged.append({"doubling": storm.doubling_minutes, "delay": late if np.isfinite(late) else None})
    return {"storms": judged}
