"""Where in the local week a moment lies: rhythm follows the clock on the wall, and a holiday lives like a Sunday."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

WEEK_MINUTES = 7 * 1440
_SUNDAY = 6


def week_minutes(
    epoch_minutes: NDArray[np.int64], zone: tzinfo, holidays: Collection[date] = ()
) -> NDArray[np.int64]:
    """Local minute of the week (0 = Monday 00:00, < 10,080) of minutes since 1970 in UTC; holidays count as Sundays."""
    hours, which = np.unique(epoch_minutes // 60, return_inverse=True)
    # A zone's offset is looked up once an hour: no zone in use today changes its clock within one.
    starts = np.empty(len(hours), np.int64)
    for i, hour in enumerate(hours):
        local = datetime.fromtimestamp(int(hour) * 3600, UTC).astimezone(zone)
        day = _SUNDAY if local.date() in holidays else local.weekday()
        starts[i] = day * 1440 + local.hour * 60 + local.minute
    result: NDArray[np.int64] = (starts[which] + epoch_minutes % 60) % WEEK_MINUTES
    return result
