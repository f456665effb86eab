"""A model with weights drawn by a seed, and texts that try every corner of the cutting."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from resonanz.understanding import loops
from resonanz.understanding.features import SURFACE
from resonanz.understanding.labels import OUTPUTS
from resonanz.understanding.model import Model

HOSTILE = (
    "",
    " ",
    "\x00",
    "\ud800",
    "Müller MUELLER Mu\u0308ller müller",
    "Straße!!!!!! sooooooooo",
    "@name_x: http://t.co/abc www.example.org/x?y=z#" + "ü" * 300,
    "http:/ https: httpx",
    "@" + "a" * 200,
    "😀😀😀😀👩‍👩‍👧‍👦👍🏽",
    "\u202everkehrt\u202c z\u0351\u034d\u0343\u0313a\u030dl\u0336g\u0338o",
    "ﷺ" * 30,
    "x" * 10_000,
    "ä" * 41,
    "a" * 39 + "ﷺ",
    "中文字 ひらがな 한국어 العربية",
    "½ ㈱ ™ ﬁ 𝕳𝖆𝖑𝖑𝖔 Ｆｕｌｌ",
    "#hashtag # @ ?? ... .. :-) ;) <3",
    "\U0010ffff\U000e0100\U000f0000",
)


def texts() -> st.SearchStrategy[str]:
    """Anything, and often what people write."""
    piece = st.sampled_from([*"aäßAÜ1!?.#@ -:/", "http", "://", "www.", "\u0308", "😀", "ﷺ", "\u200d", " "])
    return st.text(max_size=60) | st.lists(piece, max_size=80).map("".join) | st.sampled_from(HOSTILE)


def model(seed: int = 1) -> Model:
    rng = np.random.default_rng(seed)
    return Model(
        version=f"random-{seed}",
        weights=rng.integers(-127, 128, (loops.BUCKETS, loops.COLUMNS)).astype(np.int8),
        scales=rng.uniform(0.001, 0.01, loops.COLUMNS).astype(np.float32),
        word_share=0.6,
        top=rng.normal(0, 0.3, (loops.COLUMNS + len(SURFACE), len(OUTPUTS))).astype(np.float32),
        biases=rng.normal(0, 0.3, len(OUTPUTS)).astype(np.float32),
        given=np.full(len(OUTPUTS), 0.5, np.float32),
    )
