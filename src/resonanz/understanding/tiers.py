"""Two tiers, one interface: `fast` for whole streams, `careful` for what people will see."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, Protocol

from resonanz.understanding.labels import Evidence, Labels

TierName = Literal["fast", "careful"]


class TierMissing(Exception):
    """This machine has no such tier; the fast one is always there."""


class Tier(Protocol):
    """A way to read texts. Any number of threads may use one."""

    @property
    def name(self) -> str:
        """``fast`` or ``careful``."""

    @property
    def version(self) -> str:
        """The model's version, stored with every label."""

    def label(self, texts: Sequence[str]) -> Labels:
        """The labels of texts, in order."""

    def evidence(self, text: str, wanted: Sequence[str]) -> list[Evidence]:
        """What in the text speaks for the labels `wanted`, strongest first for each."""


@cache
def load(name: TierName = "fast") -> Tier:
    """The shipped model of a tier. Raises `TierMissing`, or `ModelError` where its files are damaged."""
    if name == "careful":
        try:
            from resonanz.understanding.careful import Careful

            return Careful()
        except ImportError as error:  # the extra `careful`
            raise TierMissing(str(error)) from error
    from resonanz.understanding.fast import Fast

    return Fast()
