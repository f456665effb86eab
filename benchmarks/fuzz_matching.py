"""Differential fuzzing of the matching engines against the reference, for as long as one likes: a nightly command.

`python -m benchmarks.fuzz_matching --minutes 10` draws sets of queries and batches of texts, hostile Unicode among
them, and lets every engine find what the reference finds; sets are grown one by one and texts shuffled. It counts
CPU minutes. The first difference ends it, with the seed of its round; `--seed N --rounds 1` repeats it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from resonanz.kernel.tests.hostile import HANDLES, HOSTS, SIGNS, WORDS
from resonanz.matching import (
    Code,
    Properties,
    Query,
    QueryError,
    QuerySet,
    available,
    canonical,
    parse,
    reference,
)
from resonanz.matching.queryset import EngineName

STEMS = ["bank", "kass", "Hausb", "müll", "Spark", "ank", "STRA", "fil", "Москв", "cafe", "aaa"]
TAGS = [
    "#bank",
    "#Sparkasse",
    "@bank",
    "@hausbank",
    "@hausbank@mastodon",
    "#made_in_germany",
    "#ban*",
    "@mül*",
]
FILTERS = [
    *(f"from:{h}" for h in HANDLES),
    *(f"link:{h}" for h in HOSTS),
    "lang:de",
    "lang:de-AT",
    "network:bluesky",
]


def draw_term(rng: random.Random) -> str:
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(WORDS)
    if kind == 3:
        return '"' + " ".join(rng.choices(WORDS, k=rng.randint(1, 4))) + '"'
    if kind < 6:
        return rng.choice(("{}*", "*{}", "*{}*", "~{}")).format(rng.choice(STEMS))
    return rng.choice(TAGS) if kind == 6 else rng.choice(WORDS[:12])


def draw_side(rng: random.Random) -> str:
    return draw_term(rng) if rng.random() < 0.5 else f"({draw_term(rng)} OR {draw_term(rng)})"


def draw_query(rng: random.Random, depth: int = 0) -> str:
    kind = rng.random()
    if depth > 3 or kind < 0.35:
        return draw_term(rng)
    if kind < 0.5:
        return f"{draw_side(rng)} NEAR/{rng.randint(1, 8)} {draw_side(rng)}"
    if kind < 0.58:
        return rng.choice(FILTERS)
    if kind < 0.7:
        return f"NOT {draw_query(rng, depth + 1)}"
    glue = rng.choice((" AND ", " OR ", " "))
    return "(" + glue.join(draw_query(rng, depth + 1) for _ in range(rng.randint(2, 4))) + ")"


def draw_character(rng: random.Random) -> str:
    highest = rng.choice((0x80, 0x250, 0x2000, 0x3100, 0x10000, 0x20000, 0x110000))
    return chr(rng.randrange(highest))


def draw_text(rng: random.Random) -> str:
    parts = []
    length = rng.choice((0, 3, 8, 20, 60)) if rng.random() < 0.999 else 20_000
    for _ in range(length):
        kind = rng.random()
        if kind < 0.6:
            parts.append(rng.choice(WORDS))
        elif kind < 0.75:
            parts.append(rng.choice(SIGNS))
        elif kind < 0.85:
            parts.append(rng.choice("#@") + rng.choice((*WORDS, *HANDLES)))
        elif kind < 0.87:
            parts.append(f"https://{rng.choice(HOSTS)}/a#b ")
        else:
            parts.append("".join(draw_character(rng) for _ in range(rng.randint(1, 4))))
        parts.append(rng.choice((" ", " ", " ", "", ", ", "-", "\n")))
    return "".join(parts)


def draw_properties(rng: random.Random) -> Properties:
    return Properties(
        author=rng.choice((None, *HANDLES, *(f"@{handle}" for handle in HANDLES))),
        language=rng.choice((None, "de", "de-AT", "DE_at", "en")),
        network=rng.choice((None, "bluesky", "Mastodon")),
        links=rng.choice((None, [], [f"https://me@{rng.choice(HOSTS)}:8080/path"])),
    )


def accepted(text: str) -> Query:
    """The query, held down by a word where alone it would match everything."""
    try:
        return parse(text)
    except QueryError as refused:
        if refused.code is not Code.MATCHES_EVERYTHING:
            raise
        return parse(f"(bank OR café) AND {text}")


def round_of(seed: int) -> tuple[int, str]:
    """One round: how many (text, query) decisions were compared, and the first difference in words, or ""."""
    rng = random.Random(seed)
    queries = {str(i): accepted(draw_query(rng)) for i in range(rng.choice((1, 5, 20)))}
    texts = [draw_text(rng) for _ in range(rng.choice((1, 10, 40)))]
    known = [draw_properties(rng) for _ in texts]
    expected = {
        (number, name)
        for number, text in enumerate(texts)
        for name, query in queries.items()
        if reference.matches(query, text, known[number])
    }
    for name, query in queries.items():
        if parse(canonical(query)) != query:
            return 0, f"query {name} is not what its printed form means: {canonical(query)!r}"
    engines: list[EngineName] = ["python", "compiled"] if available() == "compiled" else ["python"]
    for engine in engines:
        names = list(queries)
        cut = rng.randint(0, len(names))
        grown = QuerySet.compile({name: queries[name] for name in names[:cut]}, engine)
        for name in names[cut:]:
            grown = grown.with_query(name, queries[name])
        order = rng.sample(range(len(texts)), len(texts))
        found = grown.match([texts[i] for i in order], [known[i] for i in order])
        pairs = {(order[at], name) for at, name in found}
        for number, name in sorted(pairs ^ expected):
            claim = "finds" if (number, name) in pairs else "misses"
            return 0, f"{engine} {claim} {canonical(queries[name])!r} in {texts[number]!r} ({known[number]})"
    return len(queries) * len(texts), ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="CPU minutes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--rounds", type=int, default=sys.maxsize)
    options = parser.parse_args()
    print(
        f"first seed {options.seed}, engines: python{', compiled' if available() == 'compiled' else ''}",
        flush=True,
    )
    rounds = compared = 0
    while rounds < options.rounds and time.process_time() < 60 * options.minutes:
        decisions, difference = round_of(options.seed + rounds)
        if difference:
            sys.exit(f"seed {options.seed + rounds}: {difference}")
        rounds, compared = rounds + 1, compared + decisions
    print(
        f"{rounds} rounds, {compared} decisions compared, no difference, {time.process_time() / 60:.1f} CPU minutes"
    )


if __name__ == "__main__":
    main()
