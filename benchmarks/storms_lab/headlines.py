"""A third world of company mentions: bursts abound, their heights have heavy tails, a person marks the few highest.

Nothing but how far it stands out in the picture of the whole series tells a marked burst from the others. How often
they come, how heavy their tail is and how much the person errs is drawn for each series. The ranges were set so that
robust z of the root and hybrid ESD reach about what others publish for real series (docs/weather/method.md).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from benchmarks.storms_lab.mentions import DAYS, PER_DAY, PROBATION, ROWS, Mentions, wander, windows

#: Messages a row of the topic whose bursts are multiples of what is usual; others' are less far from one another.
_MIDDLING: Final = 30.0
_HIGHEST: Final = 300.0
#: A mark stands where the burst begins, or as many rows before or after it.
_EARLY, _LATE = 36, 12


class _Bursts(NamedTuple):
    begins: np.ndarray  # (n,) rows
    extra: np.ndarray  # (ROWS,) messages that are expected on top


def headlines(seed: int) -> Mentions:
    """One company's series; rates from 2 to 60 a row."""
    rng = np.random.default_rng([83, seed])
    rate = np.exp(rng.uniform(*np.log((2.0, 60.0))))
    usual = _usual(rng, rate)
    bursts = _bursts(rng, rate, usual)
    scale = rng.uniform(0.5, 1.0 + 0.1 * rate)
    mean = np.maximum(usual + bursts.extra, 1e-9)
    count = rng.poisson(rng.gamma(mean / scale, scale)).astype(float)
    return Mentions(count, windows(_marked(rng, count - usual, bursts.begins)))


def _usual(rng: np.random.Generator, rate: float) -> np.ndarray:
    at = np.arange(ROWS)
    hour, weekend = at % PER_DAY / PER_DAY * 24, at // PER_DAY % 7 >= 5
    bell = sum(
        rng.uniform(0.5, 2.0) * np.exp(-0.5 * ((hour - centre) / rng.uniform(1.5, 3.5)) ** 2)
        for centre in rng.uniform((8, 15), (14, 22))
    )
    usual = (0.3 + bell) * np.where(weekend, rng.uniform(0.4, 1.0), 1.0)
    usual *= rate / usual.mean()
    slow = wander(rng, rng.uniform(0.05, 0.25), 4 * PER_DAY)
    return usual * np.exp(slow + wander(rng, rng.uniform(0.05, 0.25), 12))


def _bursts(rng: np.random.Generator, rate: float, usual: np.ndarray) -> _Bursts:
    """0.4 to 4 a day, of Pareto heights; up within a quarter of an hour, and halved in ten minutes or so."""
    a_day, tail = np.exp(rng.uniform(*np.log((0.4, 4.0)))), rng.uniform(0.8, 1.3)
    n = int(rng.poisson(a_day * DAYS))
    begins = np.sort(rng.integers(0, ROWS - 12, n))
    lowest = 0.55 * rate * (_MIDDLING / rate) ** 0.5
    heights = (
        lowest * np.minimum((1 - rng.random(n)) ** (-1 / tail), _HIGHEST) * np.sqrt(usual[begins] / rate)
    )
    halves, rises = rng.lognormal(np.log(2.0), 0.7, n), rng.integers(1, 4, n)
    extra = np.zeros(ROWS)
    for begin, height, half, rise in zip(begins, heights, halves, rises, strict=True):
        after = np.arange(int(min(ROWS - begin, 8 * half + rise)))
        shape = np.where(after < rise, (after + 1) / rise, 0.5 ** ((after - rise + 1) / half))
        extra[begin : begin + len(after)] += height * shape
    return _Bursts(begins, extra)


def _marked(rng: np.random.Generator, above: np.ndarray, begins: np.ndarray) -> list[int]:
    """Where a person, who errs, puts marks: at the two to five highest of a quarter of an hour, a day apart."""
    seen = np.convolve(above, np.ones(3) / 3, "same")
    height = np.maximum(np.array([seen[b : b + 12].max() for b in begins]), 1e-3)
    height *= np.exp(rng.normal(0, rng.uniform(0.3, 1.2), len(begins)))
    height[(begins < PROBATION + 20) | (begins > ROWS - 100)] = 0.0
    most, marks = int(rng.integers(2, 6)), list[int]()
    for i in np.argsort(-height):
        if len(marks) < most and all(abs(begins[i] - mark) > PER_DAY for mark in marks):
            marks.append(int(begins[i]))
    return sorted(mark + int(rng.integers(-_EARLY, _LATE)) for mark in marks)
