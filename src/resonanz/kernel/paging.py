"""Reading on where the last read stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NewType, TypeVar

T = TypeVar("T")

# As small as possible and enough to resume; only its connector reads it. Empty: from the beginning.
Cursor = NewType("Cursor", str)
START = Cursor("")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One answer to "what is new?".

    Store the items, then the cursor, in one transaction: a crash between reading and storing then costs a repeat
    of the read and nothing else.
    """

    items: tuple[T, ...]
    cursor: Cursor
    more: bool = False  # there is more right now
    skipped: int = 0  # items the network sent that could not be read
    # Older items that lie there as well and are too many to be read; None: as many as the last time.
    left_out: int | None = None
