"""The word pieces that the careful tier keeps: what the sets' texts and the commonest words of two languages use."""

from __future__ import annotations

from typing import Any

import numpy as np
import wordfreq
from numpy.typing import NDArray

from resonanz.understanding.pieces import SPECIAL, Pieces
from training.data import Folder
from training.e5 import Vocabulary

Array = NDArray[Any]
COMMONEST = {"de": 100_000, "en": 50_000}  # words, so that what no set has said is known, too
READ = 256  # pieces of a text


def chosen(vocabulary: Vocabulary, folder: Folder) -> Array:
    """Numbers in the starting point's vocabulary: the four of `SPECIAL`, then the others, ascending."""
    scores = [0.0] * len(SPECIAL) + vocabulary.scores.tolist()
    everything = Pieces([*SPECIAL, *vocabulary.names], scores)
    used: set[int] = set()
    for name in folder.names():
        for texts in folder.everything(name):
            for text in texts.texts:
                used.update(everything.of(text, READ))
    for language, count in COMMONEST.items():
        for word in wordfreq.top_n_list(language, count):
            used.update(everything.of_word(word))
            used.update(everything.of_word(word.capitalize()))
    special = [vocabulary.unknown, vocabulary.begin, vocabulary.end, vocabulary.unknown]
    return np.array(special + sorted(number - len(SPECIAL) for number in used if number >= len(SPECIAL)))
