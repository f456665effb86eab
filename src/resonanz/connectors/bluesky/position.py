"""Pure: where reading the notifications stopped, so that it goes on without gap and without repeat.

Bluesky lists notifications newest first, by the earlier of "when its author's program says" and "when the AppView saw
it". So one that arrives late slips in *behind* others that were already read: a mere "newest so far" would lose it.
Therefore:

- Everything younger than a floor is looked at again, and marks (short hashes) of what was handed out tell new from old.
  The floor lies LOOK_BACK before the last reading, or as far back as the newest WINDOW messages reach if that is later.
- When more than a page has arrived, a pass goes back page by page until it meets the floor; only then the floor moves.
  Every step is a position of its own: after a crash the pass goes on in the middle.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from resonanz.kernel.paging import Cursor

LOOK_BACK = timedelta(hours=1)
WINDOW = 99  # one less than a page: then a page always meets the floor
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = 6  # characters of base 64: 36 bits, so a new message is taken for an old one once in 10⁸ or rarer


@dataclass(frozen=True, slots=True)
class Entry:
    """One notification as far as the position is concerned."""

    uri: str
    when: int  # milliseconds since 1970, as the AppView sorts

    @property
    def mark(self) -> str:
        digest = hashlib.blake2b(self.uri.encode(), digest_size=_MARK).digest()
        return urlsafe_b64encode(digest).decode()[:_MARK]


@dataclass(frozen=True, slots=True)
class Position:
    """How far the reading got. Times in milliseconds since 1970."""

    floor: int = -1  # what is not younger has been handed out
    seen: tuple[str, ...] = ()  # marks of what was handed out and is younger than the floor
    # While a pass is under way:
    back: str = ""  # the network's cursor for its next page
    next_floor: int = -1
    passed: tuple[str, ...] = ()  # marks of the newest messages of this pass
    edge: tuple[str, ...] = ()  # marks from the last millisecond of the last page
    fruitful: bool = False  # the pass has found something new
    # After it: more may have arrived on top meanwhile, so look again at once. Not kept.
    again: bool = False

    @classmethod
    def read(cls, cursor: Cursor) -> Position:
        """From a cursor that `cursor()` made. One that is not, starts again: a repeat does less harm than a gap."""
        try:
            kept = json.loads(cursor)
            return cls(
                int(kept["f"]), _split(kept["s"]), str(kept.get("b", "")),
                int(kept.get("n", -1)), _split(kept.get("p", "")), _split(kept.get("e", "")), bool(kept.get("x")),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def cursor(self) -> Cursor:
        kept: dict[str, int | str] = {"f": self.floor, "s": "".join(self.seen)}
        if self.back:
            kept |= {"b": self.back, "n": self.next_floor, "p": "".join(self.passed), "e": "".join(self.edge)}
            kept |= {"x": 1} if self.fruitful else {}
        return Cursor(json.dumps(kept, separators=(",", ":")))

    def new(self, entries: Sequence[Entry]) -> list[int]:
        """Which entries of a page (newest first) have not been handed out, by index, oldest first."""
        known = {*self.seen, *self.passed, *self.edge}
        found = []
        for index, entry in enumerate(entries):
            if entry.when > self.floor and entry.mark not in known:
                known.add(entry.mark)
                found.append(index)
        return found[::-1]

    def after(self, entries: Sequence[Entry], oldest: int | None, back: str, read_at: datetime) -> Position:
        """The position once this page is handed out.

        oldest: moment of the page's last notification, also if it is none of ours. back: the network's cursor for the
        page behind it, empty if there is none.
        """
        next_floor, passed = self.next_floor, self.passed
        at_end = not back or (oldest is not None and oldest <= self.floor)
        if at_end and not self.back and not self.new(entries) and self._is_recent(read_at):
            return self  # quiet times change nothing that would have to be stored
        if not self.back:
            next_floor, passed = max(milliseconds(read_at - LOOK_BACK), self.floor), ()
        next_floor, passed = _window(next_floor, passed, entries)
        fruitful = self.fruitful or bool(self.new(entries))
        if at_end:
            return Position(next_floor, passed, again=bool(self.back) and fruitful)
        edge = tuple(entry.mark for entry in entries if entry.when == oldest)[:WINDOW]
        back = _overlapping(back, self.back)
        return Position(self.floor, self.seen, back, next_floor, passed, edge, fruitful)

    def _is_recent(self, read_at: datetime) -> bool:
        return self.floor > milliseconds(read_at - 2 * LOOK_BACK)

    @property
    def more(self) -> bool:
        """Whether reading on at once makes sense."""
        return bool(self.back) or self.again


def _window(floor: int, passed: tuple[str, ...], entries: Sequence[Entry]) -> tuple[int, tuple[str, ...]]:
    """The marks to keep, and the floor above which they are all there is."""
    kept = list(passed)
    for entry in entries:
        if entry.when <= floor or entry.mark in kept:
            continue
        if len(kept) == WINDOW:
            # The ones of this very millisecond that are kept already lie at the floor, not above: they stay known
            # by it.
            return entry.when, tuple(kept)
        kept.append(entry.mark)
    return floor, tuple(kept)


def _overlapping(back: str, before: str) -> str:
    """The network's cursor, moved up by a millisecond.

    It is the moment of a page's last notification, and the next page starts *below* it: others of the same
    millisecond would be left out. A cursor that is no moment stays as it is, and so does one that would stand still.
    """
    try:
        moved = (datetime.fromisoformat(back) + timedelta(milliseconds=1)).astimezone(UTC)
    except (ValueError, OverflowError):
        return back
    overlapping = moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return back if overlapping == before else overlapping


def milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _split(marks: str) -> tuple[str, ...]:
    return tuple(marks[start : start + _MARK] for start in range(0, len(marks), _MARK))
