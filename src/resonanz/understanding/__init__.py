"""Text in, labels out, on the company's own machine: language, sentiment, kind and aspects of short texts."""

from resonanz.understanding.labels import (
    ASPECTS,
    KINDS,
    LANGUAGES,
    OUTPUTS,
    SENTIMENTS,
    UNSURE,
    Evidence,
    Labels,
    Reading,
)
from resonanz.understanding.model import ModelError
from resonanz.understanding.tiers import Tier, TierMissing, load

__all__ = [
    "ASPECTS",
    "KINDS",
    "LANGUAGES",
    "OUTPUTS",
    "SENTIMENTS",
    "UNSURE",
    "Evidence",
    "Labels",
    "ModelError",
    "Reading",
    "Tier",
    "TierMissing",
    "load",
]
