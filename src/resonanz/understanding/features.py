"""What a text looks like, as numbers between about 0 and 3, from the counts that the loops make."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import loops

SURFACE = (
    "length",
    "shouted",
    "exclamations",
    "questions",
    "emoji",
    "mentions",
    "links",
    "hashtags",
    "stretched",
    "dotted",
    "ends_asking",
    "letters_a_word",
)


def surface(counts: NDArray[Any]) -> NDArray[np.float64]:
    """float[texts, 12] from int[texts, SURFACES]: see `SURFACE`."""
    chunks = np.maximum(counts[:, loops.CHUNKS], 1)
    letters = np.maximum(counts[:, loops.LETTERS], 1)
    several = np.log1p(
        counts[
            :,
            [
                loops.EXCLAMATIONS,
                loops.QUESTIONS,
                loops.EMOJI,
                loops.MENTIONS,
                loops.LINKS,
                loops.HASHTAGS,
                loops.STRETCHED,
                loops.DOTTED,
            ],
        ]
    )
    return np.column_stack(
        [
            np.log1p(chunks) / 2,
            np.log1p(np.minimum(counts[:, loops.SHOUTED], 2)),
            several,
            counts[:, loops.ENDS_ASKING],
            np.minimum(letters / chunks, 20) / 10,
        ]
    )
