"""Both engines against the reference, on random queries and texts; and what must not change what they find."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.kernel import folding
from resonanz.kernel.tests.hostile import texts
from resonanz.matching import Properties, Query, QueryError, QuerySet, available, bulk, parse, reference
from resonanz.matching.queryset import EngineName
from resonanz.matching.tests.strategies import properties, queries

ENGINES: list[EngineName] = ["python", *(["compiled"] if available() == "compiled" else [])]

unhurried = settings(deadline=None)  # the first call may have to compile
every_engine = pytest.mark.parametrize("engine", ENGINES)


def numbered(queries: Sequence[Query]) -> dict[str, Query]:
    return {str(number): query for number, query in enumerate(queries)}


def expected(
    queries: dict[str, Query], texts: Sequence[str], known: Sequence[Properties]
) -> list[tuple[int, str]]:
    return [
        (number, name)
        for number, text in enumerate(texts)
        for name, query in queries.items()
        if reference.matches(query, text, known[number])
    ]


@given(texts)
def test_folding_code_point_by_code_point_equals_folding_the_whole(text: str) -> None:
    assert folding.fold(text) == reference.fold(text)


posts = st.lists(st.tuples(texts, properties), max_size=6)


@every_engine
@unhurried
@given(drawn=st.lists(queries, min_size=1, max_size=8), posts=posts)
def test_an_engine_finds_what_the_reference_finds(
    engine: EngineName, drawn: list[Query], posts: list[tuple[str, Properties]]
) -> None:
    wanted = numbered(drawn)
    batch, known = [text for text, _ in posts], [p for _, p in posts]
    found = QuerySet.compile(wanted, engine).match(batch, known)
    assert list(found) == expected(wanted, batch, known)


@every_engine
@unhurried
@given(drawn=st.lists(queries, min_size=2, max_size=8), posts=posts, cut=st.integers(0, 8))
def test_adding_one_by_one_gives_the_same_set(
    engine: EngineName, drawn: list[Query], posts: list[tuple[str, Properties]], cut: int
) -> None:
    wanted = list(numbered(drawn).items())
    batch, known = [text for text, _ in posts], [p for _, p in posts]
    whole = QuerySet.compile(dict(wanted), engine)
    grown = QuerySet.compile(dict(wanted[:cut]), engine)
    for name, query in wanted[cut:]:
        before = list(grown.match(batch, known))
        larger = grown.with_query(name, query)
        assert list(grown.match(batch, known)) == before, "a set has changed"
        grown = larger
    assert list(grown.match(batch, known)) == list(whole.match(batch, known))


@every_engine
@unhurried
@given(drawn=st.lists(queries, min_size=1, max_size=6), posts=posts, seed=st.integers(0, 99))
def test_batch_size_and_order_change_nothing(
    engine: EngineName, drawn: list[Query], posts: list[tuple[str, Properties]], seed: int
) -> None:
    compiled = QuerySet.compile(numbered(drawn), engine)
    alone = {
        i: list(compiled.match([text], [known]).by_text().get(0, [])) for i, (text, known) in enumerate(posts)
    }
    order = list(range(len(posts)))
    random.Random(seed).shuffle(order)
    together = compiled.match([posts[i][0] for i in order], [posts[i][1] for i in order]).by_text()
    assert {i: together.get(at, []) for at, i in enumerate(order)} == alone


@every_engine
def test_a_removed_or_replaced_query_matches_no_more(engine: EngineName) -> None:
    queries = QuerySet.compile({"a": parse("bank"), "b": parse("bank OR kasse")}, engine)
    assert list(queries.without("a").match(["bank"])) == [(0, "b")]
    assert list(queries.with_query("a", parse("kasse")).match(["bank", "kasse"])) == [
        (0, "b"),
        (1, "b"),
        (1, "a"),
    ]
    assert list(queries.match(["bank"])) == [(0, "a"), (0, "b")]
    for missing in ("c", ""):
        with pytest.raises(ValueError):
            queries.without("a").without(missing)


@every_engine
def test_very_long_texts_and_words(engine: EngineName) -> None:
    written = ["ende", "*inn*", "anf*", "*ende", "start NEAR/2 ende", "~ende", '"e e e"', "😡", "ü"]
    wanted = numbered([parse(text) for text in written])
    long = [
        "start " + "wort " * 20_000 + "ende",
        "anfang" + "x" * 100_000 + "inn" + "y" * 100_000 + "ende",
        "u" + "\u0308\u0301" * 50_000,
        "😡" * 25_000,
        "e" + "\u200d" * 100_000 + " e" * 30_000,
        "\ud800" * 1000 + "ende",
        "",
    ]
    found = QuerySet.compile(wanted, engine).match(long)
    assert list(found) == expected(wanted, long, [Properties()] * len(long))


@every_engine
def test_a_query_may_have_more_nears_than_words(engine: EngineName) -> None:
    queries = QuerySet.compile(
        {"a": parse("x NEAR/1 y OR x NEAR/2 x OR y NEAR/2 y"), "b": parse("x")}, engine
    )
    assert list(queries.match(["x z x", "x z y", "y x", "y z y"])) == [
        (0, "a"),
        (0, "b"),
        (1, "b"),
        (2, "a"),
        (2, "b"),
        (3, "a"),
    ]


def test_many_long_texts_take_little_memory() -> None:
    """They are cut into batches by their length too: 600 at once would take gigabytes."""
    queries = QuerySet.compile({"a": parse("ende"), "b": parse("start NEAR/2 wort")})
    batch = ["start " + "wort " * 10_000 + ("ende" if n % 7 == 0 else "") for n in range(600)]
    queries.match(batch[:1])
    tracemalloc.start()
    try:
        found = queries.match(batch)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.by_text() == {n: ["a", "b"] if n % 7 == 0 else ["b"] for n in range(600)}
    assert most < 64_000_000, "bytes"


@every_engine
def test_words_of_every_length_at_every_place_are_told_apart(engine: EngineName) -> None:
    """Eight bytes are read at a time, so edges are where a word ends, begins or differs within eight."""
    words = [f"{'x' * n}{'ü' * k}" for n in range(20) for k in range(3) if n + k]
    wanted = numbered(
        [parse(word) for word in words] + [parse(f"*{word}") for word in words if len(word) > 2]
    )
    batch = [*words, " ".join(words), *(f"{'-' * n}{word}–{word[1:]}y" for n, word in enumerate(words))]
    found = QuerySet.compile(wanted, engine).match(batch)
    assert list(found) == expected(wanted, batch, [Properties()] * len(batch))


@every_engine
def test_a_nul_separates_words_only(engine: EngineName) -> None:
    queries = QuerySet.compile({"a": parse("bank"), "b": parse('"gute bank"')}, engine)
    batch = ["gute\0bank", "\0", "ba\0nk", "bank\0", "", "bank"]
    assert list(queries.match(batch)) == [(0, "a"), (0, "b"), (3, "a"), (5, "a")]


@every_engine
def test_nothing_in_nothing_out(engine: EngineName) -> None:
    assert len(QuerySet.compile({}, engine).match(["bank"])) == 0
    assert len(QuerySet.compile({"a": parse("bank")}, engine).match([])) == 0


@every_engine
def test_properties_must_be_as_many_as_texts(engine: EngineName) -> None:
    with pytest.raises(ValueError):
        QuerySet.compile({"a": parse("bank")}, engine).match(["bank"], [])


@every_engine
def test_threads_may_share_a_set(engine: EngineName) -> None:
    queries = QuerySet.compile(
        {"a": parse("bank*"), "b": parse("kasse NEAR/3 bank"), "c": parse("#x OR 😡")}, engine
    )
    batches = [
        [f"kasse {i} bank #x" if i % 3 == n % 3 else f"😡 banken{i}" for i in range(300)] for n in range(8)
    ]
    alone = [list(queries.match(batch)) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: list(queries.match(batch)), batches * 3))
    assert together == alone * 3


def test_in_bulk_the_collector_rests_and_then_goes_on_as_before() -> None:
    assert gc.isenabled()
    with bulk():
        assert not gc.isenabled()
        QuerySet.compile({"a": parse("bank")})
        assert not gc.isenabled(), "the outer one is not over"
    assert gc.isenabled()
    with pytest.raises(QueryError), bulk():
        parse("(")
    assert gc.isenabled()
    gc.disable()
    try:
        with bulk():
            pass
        assert not gc.isenabled(), "it was off before"
    finally:
        gc.enable()
