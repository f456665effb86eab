"""What the random tests draw from: queries in the words of the texts, and what may be known of a message."""

from __future__ import annotations

from hypothesis import strategies as st

from resonanz.kernel.tests.hostile import HANDLES, HOSTS, WORDS
from resonanz.matching import Code, Properties, Query, QueryError, parse

LANGUAGES = ["de", "de-AT", "en", "EN", "fr"]
NETWORKS = ["bluesky", "Mastodon"]

_words = st.sampled_from(WORDS)
_stems = st.sampled_from(["bank", "kass", "Hausb", "müll", "Spark", "ank", "STRA", "fil", "Москв", "cafe"])
terms = st.one_of(
    _words,
    _words,
    st.lists(_words, min_size=2, max_size=3).map(lambda words: '"' + " ".join(words) + '"'),
    _stems.map("{}*".format),
    _stems.map("*{}".format),
    _stems.map("*{}*".format),
    _stems.map("~{}".format),
    st.sampled_from(
        [
            "#bank",
            "#Sparkasse",
            "@bank",
            "@hausbank",
            "@hausbank@mastodon",
            "#made_in_germany",
            "#ban*",
            "@mül*",
        ]
    ),
)
filters = st.one_of(
    st.sampled_from(HANDLES).map("from:{}".format),
    st.sampled_from(LANGUAGES).map("lang:{}".format),
    st.sampled_from(NETWORKS).map("network:{}".format),
    st.sampled_from(HOSTS).map("link:{}".format),
)
_sides = st.one_of(
    terms, st.lists(terms, min_size=2, max_size=3).map(lambda found: f"({' OR '.join(found)})")
)
nears = st.builds("{} NEAR/{} {}".format, _sides, st.integers(1, 6), _sides)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda parts: f"({' AND '.join(parts)})"),
        several.map(lambda parts: f"({' OR '.join(parts)})"),
        several.map(lambda parts: f"({' '.join(parts)})"),
        inner.map("NOT {}".format),
    )


query_texts = st.recursive(st.one_of(terms, terms, nears, filters), _combined, max_leaves=8)


def _accepted(text: str) -> Query:
    """The query, held down by a term where alone it would match everything."""
    try:
        return parse(text)
    except QueryError as refused:
        if refused.code is not Code.MATCHES_EVERYTHING:
            raise
        return parse(f"(bank OR café) AND {text}")


queries = query_texts.map(_accepted)

properties = st.builds(
    Properties,
    author=st.none() | st.sampled_from(HANDLES).map("@{}".format) | st.sampled_from(HANDLES),
    language=st.none() | st.sampled_from(LANGUAGES),
    network=st.none() | st.sampled_from(NETWORKS),
    links=st.none() | st.lists(st.sampled_from(HOSTS).map("https://me@{}:8080/path".format), max_size=2),
)
