"""Synthetic German and English posts and Boolean queries with the statistics of a listening service; seeded.

Words follow Zipf's law over a vocabulary made of syllables; a quarter of the posts name a brand, a tenth each carry
an emoji, a hashtag, a mention. A query names a brand in one to three spellings, 30 % ask for a topic word as well
(an AND group), 40 % exclude something (NOT); 3–5 literals each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

COMMON = """
der die und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an nach
wie im für  man aber aus durch wenn nur war noch werden bei hat wir was wird sein einen welche sind oder um
haben einer mir über  the of and to a in is it you that was for on are with as at be this have from or had by
but some what there we can out
""".split()  # noqa: SIM905
SYLLABLES = """
ba be bi bo bu da de di do du fa fe fi fo ga ge gi ha he hi ho ka ke ki ko la le li lo ma me mi mo na ne ni no
pa pe po  ra re ri ro sa se si so ta te ti to wa we wi zu schä scho gru stra münd ber ling heim burg ung lich
keit haus werk
""".split()  # noqa: SIM905
TOPICS = """
service preis kundendienst lieferung filiale qualität app störung beschwerde rückgabe angebot gebühr wartezeit
delivery refund support price quality complaint outage update store staff ad
""".split()  # noqa: SIM905
NOISE = """
jobs stellenangebot gewinnspiel fußball aktie kurs rezept werbung ausbildung casino giveaway hiring stock coupon
""".split()  # noqa: SIM905


@dataclass(frozen=True)
class World:
    posts: list[str]
    queries: list[str]
    literals: list[
        list[str]
    ]  # of each query, its plain literals (words and phrases), for engines that know no others


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 3, 4))))


def world(posts: int, queries: int, seed: int = 1) -> World:
    rng = random.Random(seed)
    vocabulary = [*COMMON, *dict.fromkeys(_word(rng) for _ in range(30_000))]
    rng.shuffle(topics := [*TOPICS, *NOISE])
    vocabulary[len(COMMON) + 200 : len(COMMON) + 200] = topics
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    known = set(vocabulary)
    brands = [_brand(rng, known) for _ in range(max(20, queries * 2 // 3))]
    written = [_query(rng, brands) for _ in range(queries)]
    return World(
        [_post(rng, vocabulary, weights, brands) for _ in range(posts)],
        [text for text, _ in written],
        [literals for _, literals in written],
    )


def _brand(rng: random.Random, known: set[str]) -> str:
    """One or two words that are no words of the language."""
    words: list[str] = []
    wanted = rng.choice((1, 1, 2))
    while len(words) < wanted:
        word = _word(rng) + rng.choice("xyqvz")
        if word not in known:
            words.append(word.capitalize())
    return " ".join(words)


def _query(rng: random.Random, brands: list[str]) -> tuple[str, list[str]]:
    size = rng.choice((3, 4, 5))
    topics = rng.sample(TOPICS, 2) if rng.random() < 0.3 else []
    excluded = [rng.choice(NOISE)] if rng.random() < 0.4 else []
    names = rng.sample(brands, max(1, size - len(topics) - len(excluded)))
    text = _any(names)
    if topics:
        text = f"{text} AND {_any(topics)}"
    if excluded:
        text = f"{text} AND NOT {excluded[0]}"
    return text, [*names, *topics, *excluded]


def _any(terms: list[str]) -> str:
    quoted = [f'"{term}"' if " " in term else term for term in terms]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _post(rng: random.Random, vocabulary: list[str], weights: list[float], brands: list[str]) -> str:
    words = rng.choices(vocabulary, cum_weights=weights, k=rng.randint(12, 38))
    words = [word.capitalize() if rng.random() < 0.25 else word for word in words]
    if rng.random() < 0.25:
        words.insert(rng.randrange(len(words)), rng.choice(brands))
    for share, extra in (
        (0.1, "😀"),
        (0.1, f"#{rng.choice(vocabulary)}"),
        (0.1, f"@{rng.choice(vocabulary)}"),
    ):
        if rng.random() < share:
            words.append(extra)
    for at in range(7, len(words), 9):
        words[at] += rng.choice((".", ",", "!", " –", "?", "…"))
    return " ".join(words)
