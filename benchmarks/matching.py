"""How fast matching is, beside what else there is: texts a second, time to build, memory.

`python -m benchmarks.matching [--queries 10 1000 10000 100000] [--posts 20000]`. From a list of Python strings to
(text, query) pairs, on one core, in CPU time. Each engine runs in a process of its own; rivals that are not installed
(`.venv/bin/uv pip install -p .venv/bin/python --group rivals`) are left out; they get fewer texts, being slower. A row
that takes longer than `--limit` seconds is broken off, and says so. What an engine finds must be what ours finds.
Building starts from the queries' texts. "Search alone" is the texts a second that a literal finder does if somebody
else folds and decides. Then what the dearer features cost, and what a first use does.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple, TypeVar

from benchmarks.matching_rivals import RIVALS, Pairs
from benchmarks.posts import World, world
from resonanz.kernel.folding import fold, words
from resonanz.matching import Properties, QuerySet, available, bulk, parse
from resonanz.matching.queryset import EngineName

WARM = ("Bank", '"gute Bank" OR (Bank* AND NOT Park)')  # compiling the loops is no part of building a set


T = TypeVar("T")


class Row(NamedTuple):
    texts: int
    texts_per_second: float
    build_seconds: float
    megabytes: float
    pairs: Pairs
    add_ms: float | None = None
    search_alone: float | None = None  # texts a second


def fastest(function: Callable[[], T], seconds: float = 0) -> tuple[float, T]:
    """The least CPU time of a call, of as many as fit into `seconds`, and its result: others only ever disturb.

    Three at least, unless one alone takes ten seconds.
    """
    times: list[float] = []
    while sum(times) < seconds or (len(times) < 3 and sum(times) < 10):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return min(times), result


def ours(engine: EngineName, made: World, posts: int) -> Row:
    QuerySet.compile({text: parse(text) for text in WARM}, engine).match(["eine Bank"])
    before, start = memory(), time.process_time()
    with bulk():
        queries = QuerySet.compile({str(i): parse(text) for i, text in enumerate(made.queries)}, engine)
    built, megabytes = time.process_time() - start, memory() - before
    if engine == "compiled":
        megabytes = queries._engine.nbytes / 1e6  # type: ignore[attr-defined]  # noqa: SLF001
    texts = made.posts[:posts]
    seconds, found = fastest(lambda: queries.match(texts), 2)
    one_more = parse('("Neue Marke" OR Neuling) AND NOT Jobs')
    return Row(
        len(texts),
        len(texts) / seconds,
        built,
        megabytes,
        list(zip(found.text_numbers.tolist(), found.query_numbers.tolist(), strict=True)),
        1000 * fastest(lambda: queries.with_query("new", one_more), 0.1)[0],
    )


def theirs(name: str, made: World) -> Row:
    rival = RIVALS[name]
    before, start = memory(), time.process_time()
    match, search = rival.prepare(made)
    built, megabytes = time.process_time() - start, memory() - before
    texts = made.posts[: min(2_000, max(2, rival.decisions // len(made.queries)))]
    seconds, pairs = fastest(lambda: match(texts))
    folded = [f" {' '.join(words(text))} " for text in texts]
    alone = len(texts) / fastest(lambda: search(folded))[0] if search else None
    return Row(len(texts), len(texts) / seconds, built, megabytes, sorted(pairs), search_alone=alone)


def memory() -> float:
    """Resident megabytes of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def alone(function: Callable[..., T], *arguments: object, limit: float | None = None) -> T:
    """The result of a call in a process of its own. Raises TimeoutError after `limit` seconds, and ends it."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        try:
            return pool.apply_async(function, arguments).get(limit)
        except multiprocessing.TimeoutError:
            raise TimeoutError from None


def compare(made: World, rivals: list[str], limit: float) -> None:
    """The table for one number of queries; ours first, for the others are measured by it."""
    queries = len(made.queries)
    best = alone(ours, available(), made, len(made.posts))
    show(f"ours, {available()}", queries, best, best)
    if available() == "compiled":
        show("ours, python", queries, alone(ours, "python", made, 2_000), best)
    for name in rivals:
        if find_spec(RIVALS[name].module) is None:
            print(f"{name:16} {queries:>8,}  not installed", flush=True)
            continue
        try:
            show(name, queries, alone(theirs, name, made, limit=limit), best)
        except TimeoutError:
            print(f"{name:16} {queries:>8,}  not done in {limit:.0f} s", flush=True)


def show(name: str, queries: int, row: Row, best: Row) -> None:
    wanted = [pair for pair in best.pairs if pair[0] < row.texts]
    added = "" if row.add_ms is None else f"{row.add_ms:.1f}"
    searched = "" if row.search_alone is None else f"{row.search_alone:,.0f}"
    print(
        f"{name:16} {queries:>8,} {row.texts_per_second:>10,.0f} {best.texts_per_second / row.texts_per_second:>9,.1f}"
        f" {searched:>12} {row.build_seconds:>9.2f} {row.megabytes:>7.1f} {added:>7} {len(row.pairs):>8,}"
        f"  {'same' if row.pairs == wanted else 'DIFFERENT'}",
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
    "10 % link:": lambda query, word: f"{query} OR link:{word}.example",
}


def feature(name: str, made: World) -> tuple[float, int]:
    """Texts a second and pairs with every tenth query changed."""
    change, changed = FEATURES[name], {}
    for i, query in enumerate(made.queries):
        word = fold(made.literals[i][0].split()[0])
        changed[str(i)] = parse(change(query, word) if i % 10 == 0 else query)
    queries = QuerySet.compile(changed)
    known = [Properties(f"@someone{i % 5000}", "de", "mastodon", []) for i in range(len(made.posts))]
    seconds, found = fastest(lambda: queries.match(made.posts, known), 1)
    return len(made.posts) / seconds, len(found)


def features(made: World) -> None:
    print(f"\n{len(made.queries):,} queries, {available()} engine      texts/s   share    pairs")
    plain: float | None = None
    for name in FEATURES:
        speed, pairs = alone(feature, name, made)
        plain = plain or speed
        print(f"{name:30} {speed:>10,.0f} {speed / plain:>6.0%} {pairs:>8,}", flush=True)


def first_use() -> None:
    """How long a process takes from its start to its first match, without machine code kept and with it."""
    code = "from resonanz.matching import *; QuerySet.compile({'a': parse('Bank')}).match(['eine Bank'])"
    with tempfile.TemporaryDirectory() as kept:
        for name in ("first use", "next process"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, "-c", code], env=os.environ | {"NUMBA_CACHE_DIR": kept}, check=True
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{name:30} {seconds:>8.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=int, nargs="*", default=[10, 1000, 10_000, 100_000])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument(
        "--rivals", nargs="*", default=[*RIVALS], choices=[*RIVALS], help="all; none is allowed"
    )
    parser.add_argument("--limit", type=float, default=600, help="seconds for a row of a rival")
    parser.add_argument("--features", type=int, default=10_000, help="queries in the second table; 0: none")
    options = parser.parse_args()
    for first, queries in enumerate(options.queries):
        made = world(options.posts, queries)
        if first == 0:
            mean = sum(len(post.encode()) for post in made.posts) / len(made.posts)
            print(f"posts of {mean:.0f} bytes on average, seed 1")
            print(
                f"{'engine':16} {'queries':>8} {'texts/s':>10} {'ours is ×':>9} {'search alone':>12}"
                f" {'build s':>9} {'MB':>7} {'add ms':>7} {'pairs':>8}  matches"
            )
        compare(made, options.rivals, options.limit)
    if options.features:
        features(world(options.posts, options.features))
    print()
    first_use()


if __name__ == "__main__":
    main()
