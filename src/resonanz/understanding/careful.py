"""The careful tier: a small transformer for what people will see, on top of what the fast tier says.

The network gives for each word piece what it adds to each output; an output of a text is the mean over its pieces, and
the pieces' own shares are the evidence. Languages, and labels that too few texts taught, are the fast tier's.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.fast import LEAST, SPANS, Fast
from resonanz.understanding.labels import LANGUAGES, OUTPUTS, SENTIMENTS, Evidence, Labels, Probabilities
from resonanz.understanding.model import ABOUT, ModelError, shipped
from resonanz.understanding.pieces import BEGIN, END, Pieces

Array = NDArray[Any]
SCHEME = 1  # of what a folder holds, and of how texts become pieces
NETWORK, VOCABULARY, TOP = "network.onnx", "pieces.tsv", "top.npz"
OURS = slice(len(LANGUAGES), len(OUTPUTS))  # the columns of `Labels.p` that the network knows
LONGEST = 126  # pieces read at a time, besides begin and end
WINDOWS = 4  # of so many pieces a text is read, about 2,000 characters; the rest is the fast tier's alone


@dataclass(frozen=True, slots=True)
class Top:
    """From the network's logits and the fast tier's to the ones that count."""

    slopes: Array  # float32[2 × outputs, outputs]: of the network's logits, then of the fast tier's
    biases: Array  # float32[outputs]
    usual: Array  # float32[outputs]: what a piece adds on average; evidence is what is beyond it
    given: Array  # float32[OUTPUTS]: the probability from which on a yes/no output counts as given

    def probabilities(self, ours: Array, theirs: Array) -> Probabilities:
        """float32[texts, outputs] from both tiers' logits."""
        logits = np.column_stack([ours, theirs]) @ self.slopes + self.biases
        p = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        sentiments = logits[:, : len(SENTIMENTS)]
        raised = np.exp(sentiments - sentiments.max(1, keepdims=True))
        p[:, : len(SENTIMENTS)] = raised / raised.sum(1, keepdims=True)
        return np.asarray(p, np.float32)

    def slope(self, name: str) -> Array:
        """float32[outputs]: what a unit of each of the network's logits adds to a label's."""
        own = self.slopes[: len(self.biases)]
        column = OUTPUTS.index(name) - len(LANGUAGES)
        if name in SENTIMENTS:  # what counts is the distance to the others
            return np.asarray(own[:, column] - own[:, : len(SENTIMENTS)].mean(1))
        return np.asarray(own[:, column])


def logits_of(p: Array) -> Array:
    """float[texts, outputs] from the fast tier's probabilities (the columns OURS): log-odds, of sentiments log p."""
    safe = np.clip(p, 1e-4, 1 - 1e-4)
    found = np.log(safe / (1 - safe))
    found[:, : len(SENTIMENTS)] = np.log(safe[:, : len(SENTIMENTS)])
    return np.asarray(found)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each piece of a text adds (float32[pieces, outputs]); of each word its span and how many pieces it has."""

    added: Array
    spans: list[tuple[int, int]]
    sizes: list[int]


class Careful:
    """The shipped network made ready. Any number of threads may use one."""

    name = "careful"

    def __init__(self, folder: Path | None = None, fast: Fast | None = None, *, threads: int = 1) -> None:
        """Raises ImportError without ONNX Runtime, `ModelError` where the files are not the ones meant."""
        import onnxruntime

        folder = folder or shipped("careful")
        version, network, self._pieces, self._top = load(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._fast = fast or Fast()
        self._own = {
            name for name in OUTPUTS[OURS] if self._top.slope(name).any()
        }  # the rest is the fast tier's
        self._threads = threading.local()
        self.version = f"{version}/{self._fast.version}"

    def label(self, texts: Sequence[str]) -> Labels:
        """The labels of texts, in order."""
        p = self._fast.label(texts).p.copy()
        shares = [self.read(text) for text in texts]
        self._threads.last = dict(zip(texts, shares, strict=True))
        there = np.array([len(share.added) > 0 for share in shares], bool)
        if there.any():
            ours = np.array([share.added.mean(0) for share in shares if len(share.added)])
            p[there, OURS] = self._top.probabilities(ours, logits_of(p[there, OURS]))
        return Labels(p, self.version, self._top.given)

    def evidence(self, text: str, wanted: Sequence[str]) -> list[Evidence]:
        """For each of the labels `wanted`, up to three words that speak most for it, strongest first."""
        ours = [name for name in wanted if name in self._own]
        if not ours:
            return self._fast.evidence(text, wanted)
        last: dict[str, Shares] = getattr(self._threads, "last", {})
        shares = last.get(text) or self.read(text)
        if not len(shares.added):
            return self._fast.evidence(text, wanted)
        found = self._fast.evidence(text, [name for name in wanted if name not in ours])
        beyond = (shares.added - self._top.usual) / len(shares.added)
        by_word = np.add.reduceat(beyond, np.cumsum([0, *shares.sizes[:-1]]))
        for name in ours:
            weights = by_word @ self._top.slope(name)
            strongest = np.argsort(-weights, kind="stable")[:SPANS]
            found += [
                Evidence(shares.spans[k][0], shares.spans[k][1], name, round(float(weights[k]), 3))
                for k in strongest
                if weights[k] >= LEAST
            ]
        return sorted(found, key=lambda evidence: wanted.index(evidence.label))

    def read(self, text: str) -> Shares:
        """What the pieces of a text add. One window at a time: rounding to bytes goes by what is read together."""
        numbers, spans, sizes = self._cut(text)
        parts = [self._run(numbers[start : start + LONGEST]) for start in range(0, len(numbers), LONGEST)]
        added = np.concatenate(parts) if parts else np.zeros((0, OURS.stop - OURS.start), np.float32)
        return Shares(added, spans, sizes)

    def _cut(self, text: str) -> tuple[list[int], list[tuple[int, int]], list[int]]:
        """A text's pieces, and of each word that has any its span and how many."""
        numbers: list[int] = []
        spans, sizes = [], []
        for start, end, word in self._pieces.words(text):
            room = LONGEST * WINDOWS - len(numbers)
            if room <= 0:
                break
            if word:
                numbers += word[:room]
                spans.append((start, end))
                sizes.append(min(len(word), room))
        return numbers, spans, sizes

    def _run(self, numbers: list[int]) -> Array:
        """float32[pieces, outputs]. What begin and end add is shared out evenly: the mean stays the text's."""
        ((added,),) = self._session.run(None, {"pieces": np.array([[BEGIN, *numbers, END]], np.int64)})
        words, ends = added[1:-1], added[0] + added[-1]
        return np.asarray(words + (ends - 2 * added.mean(0)) / len(words))


def load(folder: Path) -> tuple[str, bytes, Pieces, Top]:
    """A folder's version, network, vocabulary and top, checked against its ``model.json``. Raises ModelError."""
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        files = {name: (folder / name).read_bytes() for name in (NETWORK, VOCABULARY, TOP)}
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: {error}") from error
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != about.get("sha256", {}).get(name):
            raise ModelError(f"{folder / name}: not the file that {ABOUT} names")
    if about.get("scheme") != SCHEME or about.get("outputs") != list(OUTPUTS[OURS]):
        raise ModelError(f"{folder}: made for another version of Resonanz")
    rows = [line.split("\t") for line in files[VOCABULARY].decode("utf-8").rstrip("\n").split("\n")]
    with np.load(io.BytesIO(files[TOP]), allow_pickle=False) as arrays:
        top = Top(arrays["slopes"], arrays["biases"], arrays["usual"], arrays["given"])
    pieces = Pieces([row[0] for row in rows], [float(row[1]) for row in rows])
    return about["version"], files[NETWORK], pieces, top


def write(
    folder: Path, version: str, network: bytes, pieces: Pieces, top: Top, about: dict[str, Any]
) -> None:
    """What `load` reads. The same parts give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = io.BytesIO()
    np.savez(arrays, slopes=top.slopes, biases=top.biases, usual=top.usual, given=top.given)
    lines = (f"{name}\t{score:.4f}\n" for name, score in zip(pieces.names, pieces.scores, strict=True))
    files = {NETWORK: network, VOCABULARY: "".join(lines).encode(), TOP: arrays.getvalue()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    facts = {
        "version": version,
        "scheme": SCHEME,
        "outputs": list(OUTPUTS[OURS]),
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        **about,
    }
    (folder / ABOUT).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
