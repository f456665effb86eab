"""Written by `python -m benchmarks.storms learn`: logarithms of (storm's messages / usual messages an hour)."""

# [topic rate][doubling class][horizon] → (10 %, 50 %, 90 %)
TABLE = (
    (((0.0, 1.0, 2.0),) * 3,) * 3,
    (((0.0, 1.0, 2.0),) * 3,) * 3,
    (((0.0, 1.0, 2.0),) * 3,) * 3,
)
