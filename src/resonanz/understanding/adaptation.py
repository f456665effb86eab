"""Learning from what people correct: small heads beside the model, for one workspace, kept only where they help.

    made = adapt(load(), corrections, seen)
    made.gain.before, made.gain.after     # shares that are right, by cross-validation
    labels = made.apply(tier.label(texts), texts)

Pure: nothing is stored, nothing leaves the caller. Undoing is not applying.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.kernel.folding import words
from resonanz.understanding import hashed, heads
from resonanz.understanding.labels import (
    ASPECTS,
    GIVEN,
    KINDS,
    LANGUAGES,
    OUTPUTS,
    SENTIMENTS,
    UNSURE,
    Labels,
)
from resonanz.understanding.tiers import Tier

Array = NDArray[Any]
YES, NO = "yes", "no"
GROUPS: Mapping[str, tuple[str, ...]] = {"language": LANGUAGES, "sentiment": SENTIMENTS}
CORRECTABLE = (*GROUPS, *KINDS, *ASPECTS)
FEWEST = 12  # corrections of an output from which on something is learnt
MOST = 600  # the latest corrections of an output, and the texts left as they were, that are looked at
SURE = 1.64  # standard deviations: one gain in twenty would come by chance if nothing had been learnt


class Correction(NamedTuple):
    """What a person said of a text.

    `output`: ``sentiment``, ``language``, or one of KINDS and ASPECTS. `value`: one of SENTIMENTS or LANGUAGES, or
    ``yes``/``no`` for a kind or an aspect; ``unsure`` teaches nothing. A person who agrees is a correction too, with
    the value that the model gave.
    """

    text: str
    output: str
    value: str


@dataclass(frozen=True, slots=True)
class Gain:
    """How many texts were right before and after, each judged by heads that had not seen it."""

    corrections: int
    seen: int  # texts that people left as they were; what the model said of them counts as right
    fixed: int  # wrong before, right after
    broken: int  # right before, wrong after
    right: int  # right before
    evenly: float = 0.0  # gain of the values' mean F1, -1 to 1: where it fell, rare ones were given up

    @property
    def before(self) -> float:
        """The share that is right without the head, 0 to 1."""
        return self.right / max(self.corrections + self.seen, 1)

    @property
    def after(self) -> float:
        """The share that is right with it."""
        return (self.right + self.fixed - self.broken) / max(self.corrections + self.seen, 1)

    @property
    def helps(self) -> bool:
        """Whether it fixes more than it breaks, by more than chance would, and not by giving up what is rare."""
        return self.evenly >= 0 and self.fixed - self.broken > SURE * math.sqrt(self.fixed + self.broken)


NOTHING = Gain(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What a workspace taught: a head for each output that it helps, and what trying it out showed."""

    base: str  # the version of the model that it stands on; on another one it must be made anew
    gains: dict[
        str, Gain
    ]  # of every output that had FEWEST corrections or more, also where the head was dropped
    heads: dict[str, Array]  # of every output whose gain helps: float32[its classes, heads.WIDTH]

    @property
    def gain(self) -> Gain:
        """All that are switched on together."""
        there = [asdict(self.gains[output]) for output in self.heads]
        return Gain(**{name: sum(row[name] for row in there) for name in asdict(NOTHING)})

    @property
    def helps(self) -> bool:
        """Whether anything is worth switching on."""
        return bool(self.heads)

    @property
    def version(self) -> str:
        """The base's version and eight hexadecimal digits for what was learnt; the base's alone if nothing was."""
        if not self.heads:
            return self.base
        digest = hashlib.sha256(b"".join(o.encode() + h.tobytes() for o, h in sorted(self.heads.items())))
        return f"{self.base}+{digest.hexdigest()[:8]}"

    def apply(self, labels: Labels, texts: Sequence[str]) -> Labels:
        """The labels of `texts` as the workspace would have them, with `version` for a model.

        Raises ValueError if the labels come from another model than `base`, or are not one for each text.
        """
        if labels.model != self.base or len(labels) != len(texts):
            raise ValueError(
                f"labels of {labels.model}, {len(labels)} for {len(texts)} texts; made on {self.base}"
            )
        if not self.heads:
            return labels
        x = heads.inputs(labels.p, hashed.rows(texts))
        p, thresholds = labels.p.copy(), labels.thresholds.copy()
        for output, head in self.heads.items():
            columns = _columns(output)
            begun = heads.start(labels.p[:, columns], float(thresholds[columns[-1]]))
            p[:, columns] = heads.moved(begun, x, head)
            thresholds[columns] = GIVEN
        empty = np.array([not text.strip() for text in texts], bool)
        p[empty] = labels.p[empty]
        return replace(labels, p=p, model=self.version, thresholds=thresholds)

    def to_bytes(self) -> bytes:
        """Everything, about 17 KB for each head; the same adaptation gives the same bytes."""
        gains = {output: asdict(gain) for output, gain in self.gains.items()}
        return heads.packed({"base": self.base, "gains": gains}, self.heads)

    @classmethod
    def from_bytes(cls, data: bytes) -> Adaptation:
        """Raises ValueError if these are not the bytes of an adaptation."""
        facts, learnt = heads.unpacked(data)
        try:
            return cls(
                facts["base"], {output: Gain(**gain) for output, gain in facts["gains"].items()}, learnt
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an adaptation: {error}") from error


def adapt(tier: Tier, corrections: Sequence[Correction], seen: Sequence[str] = ()) -> Adaptation:
    """Learn from corrections, oldest first; of the same text and output the last one holds.

    `seen`: texts of the same workspace that people have read and left as they were (500, drawn at random, are plenty).
    They say what must stay: without them, and without corrections that agree, a head that turns everything round would
    look good. Takes about a second for each output. Raises ValueError for an unknown output or value.
    """
    chosen: dict[str, dict[str, str]] = {}
    for text, output, value in corrections:
        if output not in CORRECTABLE or value not in (*classes(output), UNSURE):
            raise ValueError(f"{output!r} cannot be {value!r}")
        chosen.setdefault(output, {}).pop(text, None)
        chosen[output][text] = value
    gains, learnt = {}, {}
    for output, values in chosen.items():
        taught = [(text, value) for text, value in values.items() if value != UNSURE][-MOST:]
        if len(taught) >= FEWEST:
            gains[output], head = _one(
                tier, output, taught, [t for t in dict.fromkeys(seen) if t not in values][:MOST]
            )
            if gains[output].helps:
                learnt[output] = head
    return Adaptation(tier.version, gains, learnt)


def classes(output: str) -> tuple[str, ...]:
    """The values that a correction of an output may have, but for ``unsure``."""
    return GROUPS.get(output, (NO, YES))


def _one(tier: Tier, output: str, taught: list[tuple[str, str]], seen: list[str]) -> tuple[Gain, Array]:
    """What a head for one output gains, and the head."""
    texts = [text for text, _ in taught] + seen
    labels = tier.label(texts)
    p, x = labels.p[:, _columns(output)], heads.inputs(labels.p, hashed.rows(texts))
    threshold = float(labels.thresholds[_columns(output)[-1]])
    said = heads.chosen(p, threshold)
    right = said.copy()
    right[: len(taught)] = [classes(output).index(value) for _, value in taught]
    begun = heads.start(p, threshold)
    after = heads.cross_validated(x, begun, right, [" ".join(words(text)) for text in texts])
    head = heads.fit(x, begun, right)
    was, now = said == right, after == right
    fixed, broken = int((~was & now).sum()), int((was & ~now).sum())
    evenly = heads.mean_f1(right, after) - heads.mean_f1(right, said)
    return Gain(len(taught), len(seen), fixed, broken, int(was.sum()), evenly), head


def _columns(output: str) -> list[int]:
    return [OUTPUTS.index(name) for name in GROUPS.get(output, (output,))]
