"""How one post spreads: the reproduction number of its shares, from their times alone. Above 1 it feeds itself.

A share at time s brings further shares at the rate R · φ(t − s), where φ is the reaction time's density. Given the
times, R has a gamma posterior in closed form: shares seen over shares possible (the estimator of Cori et al. 2013,
American Journal of Epidemiology 178, for epidemics). φ is the one that Zhao et al. 2015 (SEISMIC, KDD) measured on
Twitter: level for five minutes, then a power law.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Seconds for which reactions come evenly, and the power by which they fade after (Zhao et al. 2015, section 5).
LEVEL_SECONDS: Final = 300.0
POWER: Final = 0.242
# The gamma law nearest (in mean and variance) to R drawn evenly, in the logarithm, between 0.4 and 2: what posts are
# thought to have before the first share. A flat one would make the interval of a hardly shared post say nothing.
_PRIOR_SHAPE, _PRIOR_RATE = 4.82, 4.85
_Z80 = 1.2816


@dataclass(frozen=True, slots=True)
class Reproduction:
    """R of a cascade with its 80 % interval, and how sure it is that R is above 1."""

    value: float
    low: float
    high: float
    grows: float  # probability that R > 1
    shares: int


def reacted(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part of all reactions that have come after `seconds`; 0 for negative ones."""
    after = np.maximum(seconds, 0.0)
    total = LEVEL_SECONDS * (1 + 1 / POWER)
    early = np.minimum(after, LEVEL_SECONDS)
    ratio = np.maximum(after / LEVEL_SECONDS, 1.0)
    result: NDArray[np.float64] = (early + LEVEL_SECONDS / POWER * (1 - ratio**-POWER)) / total
    return result


def reproduction(
    posted: float, shares: NDArray[np.float64], now: float, window_seconds: float = np.inf
) -> Reproduction:
    """R over the last `window_seconds` before `now`, from the moments (seconds) of the post and its shares.

    Raises ValueError where a share lies before the post or after `now`.
    """
    if len(shares) and (shares.min() < posted or shares.max() > now):
        raise ValueError("shares lie between the post and now")
    since = max(posted, now - window_seconds)
    parents = np.append(shares, posted)
    possible = float(np.sum(reacted(now - parents) - reacted(since - parents)))
    seen = int(np.sum(shares >= since))
    shape, rate = _PRIOR_SHAPE + seen, _PRIOR_RATE + possible
    return Reproduction(
        value=shape / rate,
        low=_gamma_quantile(shape, -_Z80) / rate,
        high=_gamma_quantile(shape, _Z80) / rate,
        grows=_normal_tail(_gamma_z(shape, rate)),
        shares=seen,
    )


def _gamma_quantile(shape: float, z: float) -> float:
    """Quantile of a unit gamma at the normal quantile `z` (Wilson & Hilferty 1931)."""
    return shape * float(max(0.0, 1 - 1 / (9 * shape) + z / (3 * sqrt(shape)))) ** 3


def _gamma_z(shape: float, value: float) -> float:
    """The normal quantile at which a unit gamma reaches `value`; the inverse of the above."""
    return float((value / shape) ** (1 / 3) - 1 + 1 / (9 * shape)) * 3 * sqrt(shape)


def _normal_tail(z: float) -> float:
    return 0.5 * erfc(z / sqrt(2))
