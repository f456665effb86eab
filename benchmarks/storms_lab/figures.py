"""From judged years to published figures: medians, shares and rates, with intervals that respect the brand-years.

Storms of one year share their brand; so whole years are drawn in the bootstrap, not single storms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.storms_lab.scoring import Figure, rate_with_interval
from benchmarks.storms_lab.trials import Judged
from benchmarks.storms_lab.world import DOUBLING_MINUTES

_DRAWS = 2000


@dataclass(frozen=True)
class Line:
    """One method in one kind of world: its years with storms, and the alarms of its calm years."""

    years: Sequence[Sequence[Judged]]
    false_alarms: float
    calm_years: float

    def storms(self) -> list[Judged]:
        return [storm for year in self.years for storm in year]

    def delay(self, doubling: float | None = None) -> Figure:
        """Median minutes from onset to alarm, of all storms or those of one doubling time; missed ones are late."""
        return _resampled(self.years, lambda years: float(np.median(_delays(years, doubling))))

    def times(self, base: Line) -> Figure:
        """The pooled delay over that of `base` on the same years."""

        def ratio(years: Sequence[Any]) -> float:
            mine, theirs = ([pair[i] for pair in years] for i in range(2))
            return float(np.median(_delays(mine)) / np.median(_delays(theirs)))

        return _resampled(list(zip(self.years, base.years, strict=True)), ratio)

    def share(self, holds: Callable[[Judged], bool | None]) -> Figure:
        """Share of the storms for which `holds` is true; those for which it is None do not count."""

        def part(years: Sequence[Any]) -> float:
            said = [holds(storm) for year in years for storm in year]
            return float(np.mean([answer for answer in said if answer is not None]))

        return _resampled(self.years, part)

    def found(self) -> float:
        return float(np.mean([storm["delay"] is not None for storm in self.storms()]))

    def rate(self) -> Figure:
        """False alarms a year with the exact interval; a mean over statistics is rounded to whole alarms for it."""
        return rate_with_interval(round(self.false_alarms), self.calm_years)


def _delays(years: Sequence[Sequence[Judged]], doubling: float | None = None) -> np.ndarray:
    late = [
        np.inf if storm["delay"] is None else storm["delay"]
        for year in years
        for storm in year
        if doubling is None or storm["doubling"] == doubling
    ]
    return np.array(late, float)


def _resampled(years: Sequence[Any], figure: Callable[[Sequence[Any]], float]) -> Figure:
    """`figure` of all years, and where 95 % of its values lie when years are drawn with replacement."""
    rng = np.random.default_rng(1)
    draws = [figure([years[i] for i in rng.integers(len(years), size=len(years))]) for _ in range(_DRAWS)]
    low, high = np.quantile(draws, (0.025, 0.975), method="nearest")
    return Figure(figure(years), float(low), float(high))


_COLUMNS = ("", "5", "15", "30", "60", "pooled", "× oracle", "found", "false alarms a year")
_SAID = ("held", "next 1 h", "3 h", "12 h", "onset", "doubling", "called shitstorm")
DELAYS_HEAD, WORDS_HEAD = (f"| {' | '.join(names)} |\n|{'---|' * len(names)}" for names in (_COLUMNS, _SAID))


def delays_line(title: str, line: Line, base: Line | None = None) -> str:
    """One row of the table of delays; without `base`, not compared."""
    cells = [
        title,
        *(f"{line.delay(d):.0f}" for d in DOUBLING_MINUTES),
        f"{line.delay():.0f}",
        f"{line.times(base):.2f}" if base else "",
        f"{line.found():.1%} of {len(line.storms())}",
        f"{line.rate():.2f} in {line.calm_years:.0f} years",
    ]
    return f"| {' | '.join(cells)} |"


def words_line(title: str, line: Line) -> str:
    """One row of the table of what alarms said, in per cent of the storms found."""
    answers: list[Callable[[Judged], bool | None]] = [
        *(lambda s, h=h: s["forecast"][h] if s.get("forecast") else None for h in range(3)),
        lambda s: s.get("onset"),
        lambda s: s.get("doubling_said"),
        lambda s: s["kind"] == "shitstorm" if "kind" in s else None,
    ]
    return f"| {title} | {' | '.join(f'{line.share(answer):.0%}' for answer in answers)} |"


def precision_and_recall(counts: Sequence[Sequence[int]]) -> tuple[Figure, Figure]:
    """From (rightly named, named, to be named) of each storm, pooled; storms are drawn in the bootstrap."""

    def part(whole: int) -> Figure:
        return _resampled(
            counts, lambda storms: sum(s[0] for s in storms) / max(1, sum(s[whole] for s in storms))
        )

    return part(1), part(2)


def mark(points: Sequence[Sequence[float]]) -> Figure:
    """A benchmark's mark from (points, most points) of each series: 0 for silence, 100 for perfection."""
    return _resampled(points, lambda drawn: 100 * sum(p for p, _ in drawn) / sum(most for _, most in drawn))
