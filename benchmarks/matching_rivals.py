"""What else could match queries against texts, each with the same task as ours: Python strings in, pairs out.

The literal finders know nothing of words, folding or AND, OR, NOT: they are given texts and literals that we folded,
with a blank around every word, and our tests for the rest. That time is theirs, as it would be. tantivy, a search
engine, works the other way round: the batch becomes an index, and each query is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.posts import World
from resonanz.kernel.folding import fold, words
from resonanz.matching import Query, parse, reference
from resonanz.matching.plain import PlainEngine
from resonanz.matching.plan import plan
from resonanz.matching.query import And, Not, Or, Words

Pairs = list[tuple[int, int]]  # number of the text, number of the query
Matcher = Callable[[list[str]], Pairs]
Search = Callable[[list[str]], object]  # of folded texts, for literals only: a part of what the matcher does


@dataclass(frozen=True)
class Rival:
    module: str  # that must be installed
    prepare: Callable[[World], tuple[Matcher, Search | None]]
    decisions: int = 1_000_000_000  # posts times queries, at most: more would take hours


def naive(made: World) -> tuple[Matcher, None]:
    """Every query looked at for every text, as plainly as it can be written."""
    queries = list(enumerate(map(parse, made.queries)))
    return lambda texts: [
        (i, k) for i, text in enumerate(texts) for k, query in queries if reference.matches(query, text)
    ], None


def by_literals(
    find: Callable[[list[str]], Callable[[str], Iterator[int]]],
) -> Callable[[World], tuple[Matcher, Search]]:
    """How to make a matcher of something that finds literals."""

    def prepare(made: World) -> tuple[Matcher, Search]:
        engine = PlainEngine().extended(plan(parse(text) for text in made.queries))
        literals = sorted({literal for some in made.literals for literal in some})
        numbers = [engine.numbers[tuple(words(literal))] for literal in literals]
        found_in = find([f" {' '.join(words(literal))} " for literal in literals])

        def match(texts: list[str]) -> Pairs:
            pairs: Pairs = []
            for i, text in enumerate(texts):
                if there := {numbers[k]: [] for k in found_in(f" {' '.join(words(text))} ")}:
                    pairs += [(i, query) for query in engine.accepted(there)]
            return pairs

        return match, lambda folded: [list(found_in(text)) for text in folded]

    return prepare


def with_hyperscan(literals: list[str]) -> Callable[[str], Iterator[int]]:
    import hyperscan

    database = hyperscan.Database()
    numbers = list(range(len(literals)))
    texts = [text.encode() for text in literals]
    database.compile(texts, numbers, len(literals), hyperscan.HS_FLAG_SINGLEMATCH, literal=True)

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


def with_tantivy(made: World) -> tuple[Matcher, None]:
    import tantivy

    schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="whitespace").build()

    def asked(query: Query) -> tantivy.Query:
        match query:
            case Words(spelled):
                folded = [fold(word) for word in spelled]
                if len(folded) > 1:
                    return tantivy.Query.phrase_query(schema, "text", folded)
                return tantivy.Query.term_query(schema, "text", folded[0], "basic")
            case Or(operands):
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, asked(one)) for one in operands])
            case And(operands):
                return tantivy.Query.boolean_query([
                    (tantivy.Occur.MustNot, asked(one.operand)) if isinstance(one, Not)
                    else (tantivy.Occur.Must, asked(one))
                    for one in operands
                ])  # fmt: skip
        raise ValueError(f"no such query among the synthetic ones: {query}")

    queries = [asked(parse(text)) for text in made.queries]

    def match(texts: list[str]) -> Pairs:
        index = tantivy.Index(schema)
        writer = index.writer(num_threads=1)
        for text in texts:
            writer.add_document(tantivy.Document(text=" ".join(words(text))))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        assert searcher.num_segments == 1, "documents are numbered by segment"
        return [
            (address.doc, k)
            for k, query in enumerate(queries)
            for _, address in searcher.search(query, limit=len(texts), count=False).hits
        ]

    return match, None


RIVALS = {
    "Hyperscan": Rival("hyperscan", by_literals(with_hyperscan)),
    "daachorse": Rival("daachorse", by_literals(with_daachorse)),
    "ahocorasick-rs": Rival("ahocorasick_rs", by_literals(with_ahocorasick_rs)),
    "pyahocorasick": Rival("ahocorasick", by_literals(with_pyahocorasick)),
    "tantivy": Rival("tantivy", with_tantivy),
    "naive loop": Rival("numpy", naive, decisions=40_000),
}
