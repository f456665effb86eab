"""The fast tier's weights: what they consist of, how they are stored, and the check that they are the ones meant.

A model is a folder: ``weights.npz`` (arrays) and ``model.json`` (version, feature scheme, outputs, the SHA-256 of the
arrays' file, and what a reader wants to know: see models/fast/README.md).
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import loops
from resonanz.understanding.features import surface
from resonanz.understanding.labels import LANGUAGES, OUTPUTS, SENTIMENTS, Probabilities

Array = NDArray[Any]
WEIGHTS, ABOUT = "weights.npz", "model.json"
_HERE = Path(__file__)
# In a wheel the weights lie inside the package, in a checkout beside `src`.
FOLDERS = (_HERE.parent / "models", _HERE.parents[3] / "models")
GROUPS = (range(len(LANGUAGES)), range(len(LANGUAGES), len(LANGUAGES) + len(SENTIMENTS)))  # one of each holds

FEWEST_LETTERS = 6  # with fewer nobody can tell a text's language


class ModelError(Exception):
    """Weights that are missing, damaged, or made for another version of this code."""


@dataclass(frozen=True, slots=True)
class Model:
    """Hashed weights, and the small step from their sums to logits."""

    version: str
    weights: Array  # int8[BUCKETS, COLUMNS]
    scales: Array  # float32[COLUMNS]: what one unit of a column means
    word_share: float  # what a word n-gram counts beside a character n-gram
    top: Array  # float32[COLUMNS + SURFACE, OUTPUTS]
    biases: Array  # float32[OUTPUTS]
    given: Array  # float32[OUTPUTS]: the probability from which on a yes/no output counts as given

    def probabilities(
        self, by_chars: Array, by_words: Array, counts: Array, surfaces: Array
    ) -> Probabilities:
        """float32[texts, OUTPUTS] from what `loops.score` adds up."""
        roots = np.sqrt(np.maximum(counts, 1)).astype(np.float32)
        decisions = (by_chars / roots[:, :1] + by_words * (self.word_share / roots[:, 1:])) * self.scales
        inputs = np.column_stack([decisions, surface(surfaces)]).astype(np.float32)
        logits = np.clip(inputs @ self.top + self.biases, -30, 30)
        p = 1 / (1 + np.exp(-logits))
        for group in GROUPS:
            raised = np.exp(logits[:, group] - logits[:, group].max(1, keepdims=True))
            p[:, group] = raised / raised.sum(1, keepdims=True)
        nothing = counts[:, 0] == 0
        p[nothing] = 0
        p[np.ix_(nothing, np.array(GROUPS[1]))] = 1 / len(GROUPS[1])
        p[np.ix_(surfaces[:, loops.LETTERS] < FEWEST_LETTERS, np.array(GROUPS[0]))] = 1 / len(GROUPS[0])
        return np.asarray(p, np.float32)

    def slope(self, output: int) -> Array:
        """float32[COLUMNS]: what a unit of each column adds to an output's logit (its mean's distance in a group)."""
        top = self.top[: loops.COLUMNS, output]
        for group in GROUPS:
            if output in group:
                top = top - self.top[: loops.COLUMNS, group].mean(1)
        return np.asarray(top * self.scales)


def save(model: Model, folder: Path, about: dict[str, Any]) -> str:
    """Write a model; returns the SHA-256 of its arrays. The same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=model.weights,
        scales=model.scales,
        word_share=np.float64(model.word_share),
        top=model.top,
        biases=model.biases,
        given=model.given,
    )
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    (folder / WEIGHTS).write_bytes(buffer.getvalue())
    facts = {
        "version": model.version,
        "scheme": loops.SCHEME,
        "outputs": list(OUTPUTS),
        "sha256": digest,
        **about,
    }
    (folder / ABOUT).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return digest


def load(folder: Path | None = None) -> Model:
    """The model of a folder (the shipped one, if none is given). Raises ModelError."""
    folder = folder or shipped("fast")
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        data = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: {error}") from error
    if hashlib.sha256(data).hexdigest() != about.get("sha256"):
        raise ModelError(f"{folder / WEIGHTS}: not the file that {ABOUT} names")
    if about.get("scheme") != loops.SCHEME or about.get("outputs") != list(OUTPUTS):
        raise ModelError(f"{folder}: made for another version of Resonanz")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Model(
            about["version"], arrays["weights"], arrays["scales"], float(arrays["word_share"]), arrays["top"],
            arrays["biases"], arrays["given"],
        )  # fmt: skip


def shipped(tier: str) -> Path:
    """The folder of the weights that came with Resonanz. Raises ModelError if they did not."""
    for folder in FOLDERS:
        if (folder / tier / ABOUT).exists():
            return folder / tier
    raise ModelError(f"no weights for {tier} in {' or '.join(map(str, FOLDERS))}")
