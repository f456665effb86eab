"""How fast matching is, beside what else there is: one table of texts a second, build time and memory.

`python -m benchmarks.matching [--queries 10 1000 10000 100000] [--posts 20000]`. From a list of Python strings to
(text, query) pairs, on one core, in CPU time. Each engine runs in a process of its own; engines that are not installed
(`pip install hyperscan daachorse ahocorasick-rs pyahocorasick`) are left out. The others look for literals only: they
are given texts and literals that we folded (that time is theirs, as it would be) and our tests for AND, OR, NOT, and
what they find must be what we find. Slow ones get fewer texts. Then what the dearer features cost.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from benchmarks.posts import World, world
from resonanz.kernel.folding import fold, words
from resonanz.matching import Properties, QuerySet, available, parse, reference
from resonanz.matching.plain import PlainEngine
from resonanz.matching.plan import plan
from resonanz.matching.queryset import EngineName

Pairs = list[tuple[int, str]]
Matcher = Callable[[list[str]], Pairs]
SLOW = {"naive loop": 100, "tantivy": 2000}


@dataclass(frozen=True)
class Row:
    name: str
    queries: int
    texts: int
    build_seconds: float
    add_ms: float | None
    texts_per_second: float
    megabytes: float
    pairs: int
    same: bool | None


def ours(made: World, engine: EngineName) -> tuple[Matcher, QuerySet]:
    queries = QuerySet.compile({str(i): parse(text) for i, text in enumerate(made.queries)}, engine)
    return lambda texts: queries.match(texts), queries  # type: ignore[return-value]


def naive(made: World) -> Matcher:
    queries = {str(i): parse(text) for i, text in enumerate(made.queries)}
    return lambda texts: [
        (i, n) for i, t in enumerate(texts) for n, q in queries.items() if reference.matches(q, t)
    ]


def by_literals(made: World, find: Callable[[list[str]], Callable[[str], Iterator[int]]]) -> Matcher:
    """A matcher from something that finds literals in a text, both folded, with a blank around every word."""
    engine = PlainEngine().extended(plan(parse(text) for text in made.queries))
    literals = sorted({literal for some in made.literals for literal in some})
    numbers = [engine.numbers[tuple(words(literal))] for literal in literals]
    found_in = find([f" {' '.join(words(literal))} " for literal in literals])

    def match(texts: list[str]) -> Pairs:
        pairs = []
        for i, text in enumerate(texts):
            if there := {numbers[k]: [] for k in found_in(f" {' '.join(words(text))} ")}:
                pairs += [(i, str(query)) for query in engine.accepted(there)]
        return pairs

    return match


def with_hyperscan(literals: list[str]) -> Callable[[str], Iterator[int]]:
    import hyperscan

    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_SINGLEMATCH
    database.compile(
        [text.encode() for text in literals], list(range(len(literals))), len(literals), flags, literal=True
    )

    def find(text: str) -> Iterator[int]:
        found: list[int] = []
        database.scan(text.encode(), match_event_handler=lambda k, *_: found.append(k) and None)
        return iter(found)

    return find


def with_daachorse(literals: list[str]) -> Callable[[str], Iterator[int]]:
    from daachorse import CharwiseDoubleArrayAhoCorasick

    automaton = CharwiseDoubleArrayAhoCorasick(literals)
    return lambda text: (found[2] for found in automaton.find_overlapping(text))


def with_ahocorasick_rs(literals: list[str]) -> Callable[[str], Iterator[int]]:
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick(literals)
    return lambda text: (found[0] for found in automaton.find_matches_as_indexes(text, overlapping=True))


def with_pyahocorasick(literals: list[str]) -> Callable[[str], Iterator[int]]:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for k, text in enumerate(literals):
        automaton.add_word(text, k)
    automaton.make_automaton()
    return lambda text: (k for _, k in automaton.iter(text))


ENGINES: dict[
    str, tuple[str, Callable[[World], Matcher]]
] = {  # name → (module that it needs, how to make it)
    "ours, compiled": ("numba", lambda made: ours(made, "compiled")[0]),
    "ours, plain Python": ("numpy", lambda made: ours(made, "python")[0]),
    "hyperscan": ("hyperscan", lambda made: by_literals(made, with_hyperscan)),
    "daachorse": ("daachorse", lambda made: by_literals(made, with_daachorse)),
    "ahocorasick-rs": ("ahocorasick_rs", lambda made: by_literals(made, with_ahocorasick_rs)),
    "pyahocorasick": ("ahocorasick", lambda made: by_literals(made, with_pyahocorasick)),
    "naive loop": ("numpy", naive),
}


def memory() -> float:
    """Resident megabytes of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measured(name: str, made: World, repeats: int) -> tuple[Row, Pairs]:
    texts = made.posts[: SLOW.get(name, len(made.posts))]
    if name.startswith("ours"):  # once before: compiling the loops is no part of building a set
        ours(world(1, 3), "compiled" if name == "ours, compiled" else "python")[0](texts[:3])
    before, start = memory(), time.process_time()
    match = ENGINES[name][1](made)
    build, megabytes = time.process_time() - start, memory() - before
    best, pairs = float("inf"), []
    for _ in range(repeats):
        start = time.process_time()
        result = match(texts)
        best = min(best, time.process_time() - start)
        pairs = sorted(result)
    add_ms = None
    if name.startswith("ours"):
        queries = ours(made, "compiled" if name == "ours, compiled" else "python")[1]
        if isinstance(size := getattr(queries._engine, "nbytes", None), int):  # noqa: SLF001
            megabytes = size / 1e6
        start = time.process_time()
        queries.with_query("new", parse('("Neue Marke" OR Neuling) AND NOT Jobs'))
        add_ms = 1000 * (time.process_time() - start)
    return Row(
        name, len(made.queries), len(texts), build, add_ms, len(texts) / best, megabytes, len(pairs), None
    ), pairs


def alone(function: Callable[..., object], *arguments: object) -> object:
    """The result of a call in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, arguments)


def compare(queries: int, posts: int, repeats: int) -> None:
    made = world(posts, queries)
    expected: Pairs | None = None
    for name, (module, _) in ENGINES.items():
        if find_spec(module) is None or (name == "naive loop" and queries > 10_000):
            print(f"{name:20} {queries:>8,}  not run", flush=True)
            continue
        row, pairs = alone(measured, name, made, repeats)  # type: ignore[misc]
        expected = expected or pairs
        wanted = [pair for pair in expected if pair[0] < row.texts]
        added = "" if row.add_ms is None else f"{row.add_ms:.1f}"
        print(
            f"{name:20} {queries:>8,} {row.texts_per_second:>12,.0f} {row.build_seconds:>9.2f} {row.megabytes:>8.1f} "
            f"{added:>8} {row.pairs:>10,}  {'the same' if pairs == wanted else 'DIFFERENT'}",
            flush=True,
        )


FEATURES: dict[str, Callable[[str, str], str]] = {  # (query, one of its words) → query
    "as above": lambda query, _: query,
    "10 % wildcards at the end": lambda query, word: f"{query} OR {word}*",
    "10 % wildcards in front": lambda query, word: f"{query} OR *{word}",
    "10 % compounds": lambda query, word: f"{query} OR ~{word}",
    "10 % NEAR": lambda query, word: f"{query} OR {word} NEAR/5 (und OR the)",
    "10 % hashtags": lambda query, word: f"{query} OR #{word}",
    "10 % lang:": lambda query, _: f"({query}) lang:de",
    "10 % from:": lambda query, word: f"{query} OR from:{word}",
}


def feature(change: Callable[[str, str], str], made: World, repeats: int) -> float:
    changed = {}
    for i, query in enumerate(made.queries):
        word = fold(made.literals[i][0].split()[0])
        changed[str(i)] = parse(change(query, word) if i % 10 == 0 else query)
    queries = QuerySet.compile(changed)
    known = [Properties("@someone", "de", "mastodon", [])] * len(made.posts)
    best = float("inf")
    queries.match(made.posts[:10], known[:10])
    for _ in range(repeats):
        start = time.process_time()
        queries.match(made.posts, known)
        best = min(best, time.process_time() - start)
    return len(made.posts) / best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=int, nargs="+", default=[10, 1000, 10_000, 100_000])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    made = world(1000, 10)
    print(
        f"posts of {sum(len(post.encode()) for post in made.posts) / len(made.posts):.0f} bytes on average, seed 1"
    )
    print(
        f"{'engine':20} {'queries':>8} {'texts/s':>12} {'build s':>9} {'MB':>8} {'add ms':>8} {'pairs':>10}  matches"
    )
    for queries in options.queries:
        compare(queries, options.posts, options.repeats)
    if 10_000 in options.queries:
        print(f"\n10,000 queries, {available()} engine, texts/s:")
        made = world(options.posts, 10_000)
        for name, change in FEATURES.items():
            print(f"{name:30} {feature(change, made, options.repeats):>12,.0f}", flush=True)


if __name__ == "__main__":
    main()
