"""Texts for random tests: one small vocabulary, so that words meet, and signs that have hurt programs before."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = [
    *(
        "bank",
        "Bank",
        "BANK",
        "banken",
        "Bankett",
        "Hausbank",
        "hausbanken",
        "Sparkasse",
        "sparkassen",
        "kasse",
    ),
    *("Spar\u00adkasse", "Kreissparkasse", "Müller", "Mueller", "Muller", "mu\u0308ller", "MU\u0308LLER"),
    *(
        "Straße",
        "Strasse",
        "STRASSE",
        "STRAẞE",
        "café",
        "cafe",
        "Zoë",
        "𝐁𝐚𝐧𝐤",
        "ﬁliale",
        "Filiale",
        "a",
        "an",
        "A&O",
    ),
    *(
        "😡",
        "👍🏽",
        "👍",
        "ソニー",
        "東京",
        "بنك",
        "مصرف",
        "שלום",
        "x1",
        "2024",
        "made_in_germany",
        "don't",
        "don’t",
    ),
    *("Rechnung", "Rechnungen", "Kundenzufriedenheit", "Kundenzufriedenheiten"),  # around 8, 16 and 24 bytes
    *("Kasse®", "Marke™", "Å", "ạ\u0308", "İstanbul", "ŉ", "½"),
]
SIGNS = [
    *("#", "@", "##", "＃", "_", "-", ".", "*", "(", ")", '"', "„", "“", ":", "\n", "\x00"),
    *("\u200d", "\u200b", "\u202e", "\ufe0f", "\ud800", "\udfff", "\u0308", "\u0301", "\u0344"),
    *("ǆ", "㎏", "각", "가\u11a8", "é\u0308", "ﷺ", "Ω"),
]
HANDLES = ["bank", "Bank.example", "hausbank@mastodon.example", "müller_x", "a-b.c"]
HOSTS = ["bank.example", "www.Bank.example", "shop.bank.example", "müller.example", "example"]

_glue = st.sampled_from([" ", " ", " ", "", ", ", "-", "\n", ". "])
_pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from(SIGNS),
    st.sampled_from([f"{sign}{name}" for sign in "#@" for name in (*WORDS[:20], *HANDLES)]),
    st.sampled_from([f"https://{host}/x#y" for host in HOSTS]),
    st.text(max_size=3),
    st.characters(exclude_categories=()),
)
texts = st.lists(st.tuples(_pieces, _glue), max_size=14).map(lambda parts: "".join(a + b for a, b in parts))
