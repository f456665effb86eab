"""The fast tier: one pass over the texts for all labels, compiled where numba is installed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from resonanz.understanding import compiled, loops, plain
from resonanz.understanding.labels import OUTPUTS, Evidence, Labels
from resonanz.understanding.model import Array, Model, load
from resonanz.understanding.signs import signs

BATCH = 1024  # texts handed to the loops at a time
REMEMBERED = 1 << 15  # tokens
SPANS = 3  # of evidence for a label, at most
LEAST = 0.05  # log-odds below which a span is no evidence
LONGEST_EVIDENCE = 2048  # chunks of a text that are looked at for evidence


class Fast:
    """A model made ready. Any number of threads may use one; each has its own memory of chunks."""

    name = "fast"

    def __init__(self, model: Model | None = None, *, use_compiled: bool | None = None) -> None:
        """The shipped model, if none is given. Raises `model.ModelError`.

        `use_compiled`: None says once it pays; both ways find the same.
        """
        self.model = model or load()
        self.compiled = use_compiled
        self._asked = 0  # texts so far
        self._threads = threading.local()

    @property
    def version(self) -> str:
        return self.model.version

    def label(self, texts: Sequence[str]) -> Labels:
        """The labels of texts, in order."""
        self._asked += len(texts)
        parts = [self._batch(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        p = np.concatenate(parts) if parts else np.zeros((0, len(OUTPUTS)), np.float32)
        return Labels(p, self.version, self.model.given)

    def evidence(self, text: str, wanted: Sequence[str]) -> list[Evidence]:
        """For each of the labels `wanted`, up to three spans of the text that speak most for it, strongest first."""
        spans, by_chars, by_words, counts = self._parts(text)
        roots = np.sqrt(np.maximum(counts, 1))
        decisions = by_chars / roots[0] + by_words * (self.model.word_share / roots[1])
        found = []
        for name in wanted:
            weights = decisions @ self.model.slope(OUTPUTS.index(name))
            strongest = np.argsort(-weights, kind="stable")[:SPANS]
            found += [
                Evidence(int(spans[k, 0]), int(spans[k, 1]), name, round(float(weights[k]), 3))
                for k in strongest
                if weights[k] >= LEAST
            ]
        return found

    def _batch(self, texts: Sequence[str]) -> Array:
        by_chars = np.zeros((len(texts), loops.COLUMNS), np.int32)
        by_words, counts = np.zeros_like(by_chars), np.zeros((len(texts), 2), np.int32)
        surfaces = np.zeros((len(texts), loops.SURFACES), np.int32)
        if compiled.pays(self._asked) if self.compiled is None else self.compiled:
            codes, ends = loops.codes_of(texts)
            loops.score(
                codes, ends, signs(), self._rows, self._scratch(), by_chars, by_words, counts, surfaces
            )
        else:
            plain.score(texts, self._memory(), by_chars, by_words, counts, surfaces)
        return self.model.probabilities(by_chars, by_words, counts, surfaces)

    def _parts(self, text: str) -> tuple[Array, Array, Array, Array]:
        """Of each chunk its span and sums; and how many n-grams there are in all."""
        memory = self._memory()
        spans, chars, words, counts = [], [], [], np.zeros(2)
        first, second = int(loops.BOUND), int(loops.BOUND)
        for _, chunk in zip(range(LONGEST_EVIDENCE), plain.chunks(text), strict=False):
            sums, many, third = memory.look_up(chunk)
            spans.append((chunk.start, chunk.end))
            chars.append(sums)
            words.append(self.model.weights[plain.word_buckets(first, second, third)].sum(0, np.int32))
            counts += (many, loops.WORDS)
            first, second = second, third
        wide = (len(spans), loops.COLUMNS)
        by_chars, by_words = np.array(chars, np.int32).reshape(wide), np.array(words, np.int32).reshape(wide)
        return np.array(spans, int).reshape(-1, 2), by_chars, by_words, counts

    @cached_property
    def _rows(self) -> loops.Weights:
        return loops.weights_of(self.model.weights)

    def _scratch(self) -> loops.Scratch:
        if not hasattr(self._threads, "scratch"):
            self._threads.scratch = loops.scratch(REMEMBERED)
        return self._threads.scratch  # type: ignore[no-any-return]

    def _memory(self) -> plain.Memory:
        if not hasattr(self._threads, "memory"):
            self._threads.memory = plain.Memory(self.model.weights)
        return self._threads.memory  # type: ignore[no-any-return]
