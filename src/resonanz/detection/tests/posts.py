"""Posts whose reproduction number is known, for the tests and for the proving ground."""

from __future__ import annotations

import numpy as np

from resonanz.detection.cascades import LEVEL_SECONDS, POWER

HOURS = 3600.0


def cascade(r: float, rng: np.random.Generator, hours: float, most: int = 3000) -> np.ndarray:
    """Moments in seconds of the shares of a post at 0, drawn generation by generation, at most about `most`."""
    found: list[float] = []
    parents = [0.0]
    while parents and len(found) < most:
        begun = parents.pop()
        u = rng.random(rng.poisson(r)) * (1 + 1 / POWER)
        late = LEVEL_SECONDS * np.maximum(1e-9, 1 - (u - 1) * POWER) ** (-1 / POWER)
        moments = begun + np.where(u < 1, u * LEVEL_SECONDS, late)
        moments = moments[moments < hours * HOURS]
        found += moments.tolist()
        parents += moments.tolist()
    return np.sort(found)
