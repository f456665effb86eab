"""The demo company's last 90 days and its next 7, the same for the same beginning."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, cycle
from zoneinfo import ZoneInfo

from resonanz.demo import texts

ZONE = ZoneInfo("Europe/Berlin")
DAYS_BEFORE, DAYS_AFTER = 90, 7
STAND_DAY = 24  # days ago: the kickstand
ANSWERED, ANSWERED_FRESH, THANKED = 0.82, 0.25, 0.6
FRESH = timedelta(days=3)
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class _Line:
    """Something that is said, before it has a number and what follows from it."""

    at: datetime
    network: str
    who: int | None
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is said. `answers` is the number of the event it answers."""

    number: int
    at: datetime
    network: str  # bluesky, mastodon, feeds
    who: int | None  # index into PEOPLE; None: the company
    kind: str  # question, praise, complaint, stand, suggestion, chatter, answer, thanks, own, article
    text: str
    title: str = ""
    answers: int | None = None
    likes: int = 0
    reposts: int = 0


def story(begin: datetime) -> list[Event]:
    """All events around `begin` (aware), in order of time. Nothing about them depends on anything else."""
    chance = random.Random(SEED)  # noqa: S311 (a story, not a secret)
    today = begin.astimezone(ZONE).date()
    days = range(-DAYS_BEFORE, DAYS_AFTER + 1)
    lines = [line for day in days for line in _day(chance, today + timedelta(days=day), day)]
    lines.sort(key=lambda line: line.at)
    return sorted(_events(chance, lines, begin - FRESH), key=lambda event: (event.at, event.number))


def _day(chance: random.Random, date: date, day: int) -> Iterator[_Line]:
    """What one day brings, without its follow-ups; `day` counts from today."""
    is_weekend = date.weekday() >= 5
    for _ in range(chance.choice((1, 2, 3) if is_weekend else (1, 2, 3, 3, 4, 5))):
        kind = chance.choices(tuple(_TEXTS), weights=(34, 24, 20, 6, 16))[0]
        yield _somebody(chance, date, kind, chance.choice(_TEXTS[kind]))
    if day % 2 == 0 and not is_weekend:
        minute = chance.randrange(8 * 60, 11 * 60)
        yield _Line(_at(date, minute), chance.choice(("bluesky", "mastodon")), None, "own", "")
    if day % 13 == 5:
        yield _Line(_at(date, chance.randrange(6 * 60, 18 * 60)), "feeds", None, "article", "")
    since = STAND_DAY + day
    if 0 <= since <= 6:
        for text in texts.STAND[since : since + 2] * (3 if since < 2 else 1):
            yield _somebody(chance, date, "stand", text)


_TEXTS = {
    "question": texts.QUESTIONS,
    "praise": texts.PRAISE,
    "complaint": texts.COMPLAINTS,
    "suggestion": texts.SUGGESTIONS,
    "chatter": texts.CHATTER,
}


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minute)


def _somebody(chance: random.Random, day: date, kind: str, text: str) -> _Line:
    at = _at(day, int(chance.triangular(6 * 60, 23 * 60, 18 * 60)))
    network = chance.choice(("bluesky", "bluesky", "mastodon"))
    return _Line(at, network, chance.randrange(len(texts.PEOPLE)), kind, text)


def _events(chance: random.Random, lines: Sequence[_Line], fresh: datetime) -> Iterator[Event]:
    """Events with numbers, own texts in turn, and what follows from each: our answer, and sometimes thanks.

    fresh: from then on hardly anything is answered yet.
    """
    own, articles, numbers = cycle(texts.OWN), cycle(texts.ARTICLES), count()
    for line in lines:
        title, text = "", line.text
        if line.kind == "own":
            text = next(own)
        elif line.kind == "article":
            title, text = next(articles)
        popularity = 30 if line.kind in ("own", "stand") else 6
        first = Event(
            number=next(numbers),
            at=line.at,
            network=line.network,
            who=line.who,
            kind=line.kind,
            text=text,
            title=title,
            likes=int(chance.expovariate(1 / popularity)),
            reposts=int(chance.expovariate(4 / popularity)),
        )
        yield first
        if line.kind in texts.ANSWERS and chance.random() < (ANSWERED if line.at < fresh else ANSWERED_FRESH):
            yield from _exchange(chance, first, numbers)


def _exchange(chance: random.Random, first: Event, numbers: Iterator[int]) -> Iterator[Event]:
    """Our answer to `first`, and sometimes a word of thanks for it."""
    answer = Event(
        number=next(numbers),
        at=first.at + timedelta(minutes=int(chance.lognormvariate(4.2, 0.9))),
        network=first.network,
        who=None,
        kind="answer",
        text=chance.choice(texts.ANSWERS[first.kind]),
        answers=first.number,
    )
    yield answer
    if first.kind in texts.HELPED and chance.random() < THANKED:
        yield Event(
            number=next(numbers),
            at=answer.at + timedelta(minutes=chance.randrange(3, 240)),
            network=first.network,
            who=first.who,
            kind="thanks",
            text=chance.choice(texts.THANKS),
            answers=answer.number,
        )
