"""Keys that are made once and mean the same for ever."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing to mistake for something else


def new_key(now: float | None = None) -> str:
    """26 characters of [0-9a-z]: 48 bits of milliseconds, 80 random bits, sortable by time (the layout of a ULID)."""
    value = (int((time.time() if now is None else now) * 1000) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
