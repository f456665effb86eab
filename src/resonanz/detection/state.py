"""What the detector remembers of one topic: eight small arrays, 6.4 kB, enough to go on after a restart."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOURS_OF_WEEK: Final = 168

# The ladder of storm rates: half an octave from rung to rung, so the top is 181 times the bottom.
RUNGS: Final = 16
#: Doubling times that are followed side by side, in minutes; what lies between is shared by its neighbours.
DOUBLINGS: Final = (4.0, 9.0, 20.0, 45.0, 90.0)
#: The ladder of shares: how much of the conversation the storm has taken, where the volume tells nothing.
SHARES: Final = (0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.78, 0.95)
SHARE_DOUBLINGS: Final = (8.0, 25.0, 70.0)

# Slots of `scalars`.
LEVEL_COUNT, LEVEL_EXPOSURE = 0, 1
LOCAL_COUNT, LOCAL_EXPOSURE = 2, 3
SHARE_NEGATIVE, SHARE_COUNT = 4, 5
LOCAL_NEGATIVE, LOCAL_SHARE_COUNT = 6, 7
SPREAD_EXCESS, SPREAD_EXPOSURE = 8, 9
BLOCK_MINUTES, BLOCK_COUNT, BLOCK_USUAL, BLOCK_VARIANCE = 10, 11, 12, 13
BLOCK_NEGATIVE, BLOCK_NEGATIVE_USUAL, BLOCK_NEGATIVE_VARIANCE, BLOCK_WEIGHT = 14, 15, 16, 17
VOLUME_EXCESS_VARIANCE, SHARE_EXCESS_VARIANCE = 18, 19
RHYTHM_HOUR, RHYTHM_BEFORE, RHYTHM_HERE, RHYTHM_AFTER = 20, 21, 22, 23
LEARNED_MINUTES, SILENCE_USUAL, SILENCE_MINUTES = 24, 25, 26
EPISODE, CALM_MINUTES, NEXT_MINUTE = 27, 28, 29
NOW_MINUTES, NOW_COUNT, NOW_NEGATIVE = 30, 31, 32
DAY_MINUTES, DAY_PEAK, DAYS, RAISED = 33, 34, 35, 36
# Where moods are unknown: the day's highest step, and what the days before lead to expect (`detection.standouts`).
DAY_HEIGHT, USUAL_HEIGHT, RECORD_HEIGHT, USUAL_ODDS = 37, 38, 39, 40
SCALARS: Final = 41

#: Days whose highest log-odds are kept, to learn how far this topic's chatter goes by itself; half as many where moods
#: are unknown, beside the heights of as many.
PEAK_DAYS: Final = 180


class State(NamedTuple):
    """Probabilities of the hypotheses, what is usual, and the odds and ends of the walk."""

    rhythm: (
        Floats  # (2, 168): discounted counts and their expectation without rhythm, by local hour of the week
    )
    calm: Floats  # (1,): neither storm nor surge
    surge: Floats  # (RUNGS,): more messages with the usual share of negatives
    candy: Floats  # (RUNGS,): more messages with fewer negatives
    storm: Floats  # (2, DOUBLINGS, RUNGS): probability, and probability × mean age in minutes
    turn: Floats  # (2, SHARE_DOUBLINGS, SHARES): as storm, whatever the volume
    scalars: Floats  # (SCALARS,)
    peaks: Floats  # (PEAK_DAYS,): highest log-odds of the last days, in a ring; half heights without moods


def new_state() -> State:
    """A topic about which nothing is known yet."""
    scalars = np.zeros(SCALARS)
    scalars[[RHYTHM_HOUR, NEXT_MINUTE]] = -1
    scalars[[DAY_PEAK, DAY_HEIGHT]] = -99.0
    # As long as the rhythm is hardly known, long evidence is worth little.
    scalars[VOLUME_EXCESS_VARIANCE], scalars[SHARE_EXCESS_VARIANCE] = 4.0, 1.5
    return State(
        rhythm=np.zeros((2, HOURS_OF_WEEK)),
        calm=np.ones(1),
        surge=np.zeros(RUNGS),
        candy=np.zeros(RUNGS),
        storm=np.zeros((2, len(DOUBLINGS), RUNGS)),
        turn=np.zeros((2, len(SHARE_DOUBLINGS), len(SHARES))),
        scalars=scalars,
        peaks=np.zeros(PEAK_DAYS),
    )


_SHAPES: Final = tuple(part.shape for part in new_state())


def to_bytes(state: State) -> bytes:
    """The state as bytes, the same on every machine (little endian)."""
    return b"".join(np.ascontiguousarray(part, "<f8").tobytes() for part in state)


def from_bytes(data: bytes) -> State:
    """The state that `to_bytes` wrote. Raises ValueError where the length is not that of a state."""
    flat: NDArray[Any] = np.frombuffer(data, "<f8").astype(np.float64)
    sizes = [math.prod(shape) for shape in _SHAPES]
    if flat.size != sum(sizes):
        raise ValueError(f"a state has {sum(sizes) * 8} bytes, not {len(data)}")
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return State(*(part.reshape(shape).copy() for part, shape in zip(parts, _SHAPES, strict=True)))
