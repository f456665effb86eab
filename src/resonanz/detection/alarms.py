"""What an alarm says: what was usual, what came, since when, how sure, how strong, how fast, and what may follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp

from resonanz.detection import engine as e
from resonanz.detection import episodes
from resonanz.detection.forecast import Range, forecast
from resonanz.detection.state import Floats


class Kind(StrEnum):
    """What comes over a topic."""

    SHITSTORM = "shitstorm"
    CANDYSTORM = "candystorm"
    ATTENTION = "attention"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One report of one episode. Moments are minutes since 1970 in UTC, rates are per hour."""

    at: int
    kind: Kind
    level: int
    usual_per_hour: float
    now_per_hour: float
    usual_share: float  # of negatives; nan where they are unknown
    now_share: float
    onset: int
    onset_range: tuple[int, int]  # 80 %
    certainty: float  # 0–1: probability of a storm among the hypotheses weighed
    doubling_minutes: float  # nan where nothing is known of it (candystorms)
    doubling_range: tuple[float, float]  # 80 %
    forecast: tuple[Range, ...]


#: Level → (times the usual rate, messages an hour) that must both be reached; our own choice, docs/weather/method.md.
CRITERIA = {3: (3.0, 3.0), 4: (10.0, 20.0), 5: (30.0, 100.0), 6: (100.0, 500.0)}
#: True age over the ladder's own reckoning of it when the alarm is raised: quantiles 10 %, 50 %, 90 %.
ONSET_FACTORS = (0.57, 1.0, 1.7)


def level(odds_above_threshold: float, alarmed: bool, rate: float, usual: float) -> int:
    """Level 0–6 from observable criteria.

    `rate` and `usual` are messages an hour of the kind that counts: negative ones, or all where moods are unknown.
    """
    if not alarmed:
        return 1 if odds_above_threshold > -2 else 0
    reached = [n for n, (times, floor) in CRITERIA.items() if rate >= times * usual and rate >= floor]
    return max(reached, default=2)


def kind_of(episode: int, row: Floats, moods: bool) -> Kind | None:
    """Kind of what is going on in one row of the engine's output; None where nothing is."""
    if episode == episodes.CANDY:
        return Kind.CANDYSTORM
    if episode == episodes.STORM:
        return _storm_kind(row) if moods else Kind.ATTENTION
    return Kind.ATTENTION if row[e.SURGE] > 0.9 else None


def _storm_kind(row: Floats) -> Kind:
    """A storm whose recent tone is not clearly worse than usual is called unsure until it shows."""
    share = row[e.NEGATIVE_NOW] / row[e.COUNT_NOW] if row[e.COUNT_NOW] > 0 else 0.0
    return Kind.SHITSTORM if share > row[e.SHARE] else Kind.UNSURE


def level_of(episode: int, row: Floats, threshold: float, moods: bool) -> int:
    """Level 0–6 for one row of the engine's output."""
    rate, usual = row[e.COUNT_NOW] * 60, row[e.USUAL] * 60
    if moods and episode != episodes.CANDY:
        rate, usual = row[e.NEGATIVE_NOW] * 60, usual * row[e.SHARE]
    above = max(row[e.STORM_ODDS], row[e.CANDY_ODDS]) - threshold
    return level(float(above), episode != episodes.NOTHING, float(rate), float(usual))


def describe(at: int, episode: int, row: Floats, threshold: float, moods: bool) -> Alarm:
    """The alarm raised at minute `at` by one row of the engine's output."""
    nan = float("nan")
    storm = episode == episodes.STORM
    doubling = exp(row[e.DOUBLING]) if storm else nan
    spread = max(0.25, 1.28 * float(row[e.DOUBLING_SPREAD]))
    age = float(row[e.AGE]) if storm else 60.0
    low, middle, high = (at - round(age * f) for f in reversed(ONSET_FACTORS))
    odds = float(row[e.STORM_ODDS] if storm else row[e.CANDY_ODDS])
    return Alarm(
        at=at,
        kind=kind_of(episode, row, moods) or Kind.UNSURE,
        level=level_of(episode, row, threshold, moods),
        usual_per_hour=float(row[e.USUAL] * 60),
        now_per_hour=float(row[e.COUNT_NOW] * 60),
        usual_share=float(row[e.SHARE]) if moods else nan,
        now_share=float(row[e.NEGATIVE_NOW] / row[e.COUNT_NOW]) if moods and row[e.COUNT_NOW] > 0 else nan,
        onset=middle,
        onset_range=(low, high),
        certainty=1 / (1 + exp(-odds)),
        doubling_minutes=doubling,
        doubling_range=(doubling * exp(-spread), doubling * exp(spread)),
        forecast=forecast(row) if storm else (),
    )
