"""What an engine is: queries in, (text, query) pairs out; and which of the two this machine can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from resonanz.matching.plan import Plan
from resonanz.matching.properties import Properties

Numbers: TypeAlias = NDArray[np.int32]
Pairs: TypeAlias = tuple[Numbers, Numbers]  # the text's and the query's number of each match, sorted by both
Array: TypeAlias = NDArray[Any]


class Engine(Protocol):
    """A set of queries made ready. Immutable, so any number of threads may use one."""

    @property
    def name(self) -> str:
        """``compiled`` or ``python``."""

    def extended(self, plan: Plan) -> Engine:
        """With the queries of `plan` as well, numbered from where ours end."""

    def without(self, query: int) -> Engine:
        """Without one query; the others keep their numbers."""

    def match(self, texts: Sequence[str], properties: Sequence[Properties] | None = None) -> Pairs:
        """All matches. `properties`: one for each text, or None where nothing is known of any."""
