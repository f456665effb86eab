"""Reading what a network sent without trusting it: wrong types and missing fields become one clear error."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from resonanz.kernel.clock import utcnow

T = TypeVar("T")

MAX_TEXT = 200_000


class Unreadable(ValueError):
    """A field is missing or of another type than agreed."""


def at(value: Any, *path: str | int) -> Any:
    """What lies at `path`, or None."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: Any, *path: str | int) -> str:
    """The text at `path`, cleaned (NFC, no lone surrogates, no NUL, capped); empty if it is missing."""
    found = at(value, *path)
    return clean(found) if isinstance(found, str) else ""


def need_text(value: Any, *path: str | int) -> str:
    """As `text`, but it must be there."""
    if not (found := text(value, *path)):
        raise Unreadable(".".join(map(str, path)))
    return found


def number(value: Any, *path: str | int) -> int | None:
    """The whole number at `path`, or None. Some servers send numbers as text."""
    found = at(value, *path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**62 else None


def items(value: Any, *path: str | int) -> list[Any]:
    """The list at `path`, empty if there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def moment(value: Any, *path: str | int, now: datetime | None = None) -> datetime | None:
    """The ISO 8601 moment at `path` in UTC, or None; one in the future is taken for now (clocks go wrong)."""
    found = at(value, *path)
    if not isinstance(found, str):
        return None
    try:
        parsed = datetime.fromisoformat(found)
    except ValueError:
        return None
    parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
    now = now or utcnow()
    try:
        return min(parsed.astimezone(UTC), now) if parsed - now < timedelta(days=36_500) else now
    except OverflowError:
        return None


def need_moment(value: Any, *path: str | int, now: datetime | None = None) -> datetime:
    """As `moment`, but it must be there."""
    if (found := moment(value, *path, now=now)) is None:
        raise Unreadable(".".join(map(str, path)))
    return found


def clean(value: str) -> str:
    """`value` in NFC, without NUL and lone surrogates (neither can be stored), capped at MAX_TEXT characters."""
    value = value[:MAX_TEXT].replace("\x00", "")
    value = value.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", value)


def each(values: Iterable[Any], translate: Callable[[Any], T | None]) -> tuple[tuple[T, ...], int]:
    """Every value translated, and how many could not be read. None from `translate` means: not meant for us."""
    done: list[T] = []
    skipped = 0
    for value in values:
        try:
            translated = translate(value)
        except (Unreadable, KeyError, TypeError, ValueError, AttributeError):
            skipped += 1
            continue
        if translated is not None:
            done.append(translated)
    return tuple(done), skipped
