"""A second world of company mentions, built on other ideas than `mentions`, to judge what was chosen on that one.

Everything here is conversation: each message brings answers, most none, a few very many (Pareto), after a lognormal
wait; so bursts of every size come by themselves. On top come shocks from outside that fade by a power law, rumours that
grow towards an appointed hour, robots that speak on the hour, and topics that stay for a day. A person marks the shocks
and whatever else stood out as much.
"""

from __future__ import annotations

import numpy as np

from benchmarks.storms_lab.mentions import PER_DAY, PROBATION, ROWS, Mentions, windows

_MOST_ANSWERS = 400.0
#: Rows over which a person's eye smooths.
_GLANCE = 6


def crowd(seed: int) -> Mentions:
    """One company's series; rates from 0.3 to 100 a row."""
    rng = np.random.default_rng([47, seed])
    at = np.arange(ROWS)
    hour, weekend = at % PER_DAY / PER_DAY * 24, at // PER_DAY % 7 >= 5
    rate = np.exp(rng.uniform(np.log(0.3), np.log(100)))
    bell = sum(
        rng.uniform(0.5, 2.0) * np.exp(-0.5 * ((hour - centre) / rng.uniform(1.0, 3.5)) ** 2)
        for centre in rng.uniform((7, 15), (13, 23))
    )
    usual = (0.25 + bell) * np.where(weekend, rng.uniform(0.3, 1.0), 1.0)
    usual *= rate / usual.mean() * np.cumprod(np.exp(rng.normal(0, 0.003, ROWS)))
    answered = rng.uniform(0.2, 0.6)
    first = rng.poisson(usual * (1 - answered))
    talk = first + _answers(rng, first, answered)
    on_the_hour = rng.random() < 0.3
    robots = rng.poisson(rng.uniform(0.3, 1.5) * rate * on_the_hour * (at % 12 == 0))
    shocks, began = _shocks(rng, usual)
    count = talk + robots + rng.poisson(shocks)
    return Mentions(count.astype(float), windows(_marked(count, usual, began)))


def _answers(rng: np.random.Generator, messages: np.ndarray, mean: float) -> np.ndarray:
    """Answers to messages and to answers, in rows of five minutes; `mean` of them for each message."""
    tail, found = rng.uniform(1.3, 2.2), np.zeros(ROWS, np.int64)
    wait, scatter = rng.uniform(2, 8), rng.uniform(0.7, 1.2)
    asked = np.repeat(np.arange(ROWS), messages)
    while len(asked):
        many = np.minimum((rng.pareto(tail, len(asked)) + 1) * mean * (tail - 1) / tail, _MOST_ANSWERS)
        rows = np.repeat(asked, rng.poisson(many))
        rows = rows + np.floor(rng.lognormal(np.log(wait), scatter, len(rows))).astype(np.int64)
        asked = rows[rows < ROWS]
        np.add.at(found, asked, 1)
    return found


def _shocks(rng: np.random.Generator, usual: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Expected messages of shocks, rumours and topics of the day, and the rows at which a person sees them begin."""
    out, began = np.zeros(ROWS), []
    for begin in rng.choice(np.arange(PROBATION + 200, ROWS - 300), int(rng.integers(2, 5)), replace=False):
        base, kind = float(usual[begin - PER_DAY : begin].mean()) + 0.3, rng.random()
        after = np.arange(ROWS - begin)
        if kind < 0.5:
            fade = rng.uniform(0.8, 1.6)
            out[begin:] += base * rng.lognormal(np.log(8), 0.8) * (1 + after / rng.uniform(1, 6)) ** -fade
        elif kind < 0.75:
            before = np.arange(begin)[::-1]
            height, bend = base * rng.lognormal(np.log(6), 0.7), rng.uniform(3, 24)
            out[:begin] += height * (1 + before / bend) ** -1.5
            out[begin:] += height * (1 + after / bend) ** -1.5
        else:
            length = int(rng.integers(60, PER_DAY))
            out[begin : begin + length] += base * rng.uniform(1.0, 3.0)
        began.append(int(begin))
    return out, sorted(began)


def _marked(count: np.ndarray, usual: np.ndarray, began: list[int]) -> list[int]:
    """Where a person puts a mark: at each shock, and where talk alone stood out as much as half of them."""
    scale = np.sqrt(np.convolve(usual, np.ones(_GLANCE), "same") + 1)
    seen = np.convolve(count - usual, np.ones(_GLANCE), "same") / scale
    heights = [float(seen[b : b + 4 * _GLANCE].max()) for b in began]
    marks, free = list(began), seen.copy()
    free[:PROBATION] = 0.0
    for b in began:
        free[max(0, b - PER_DAY) : b + PER_DAY] = 0.0
    while free.max() >= np.median(heights) and len(marks) < 6:
        top = int(free.argmax())
        marks.append(top)
        free[max(0, top - PER_DAY) : top + PER_DAY] = 0.0
    return sorted(marks)
