"""Which model reads: the careful tier where it is wanted and there, else the fast one; with what a workspace taught.

Loaded when first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.enrichment.models import Adaptation, Learning, Reader

if TYPE_CHECKING:
    from resonanz.understanding import Labels, Tier


class NoModel(Exception):
    """The model's files are missing or damaged."""


@cache
def tier() -> Tier:
    """The tier that reads in this process. Takes seconds and much memory the first time; raises NoModel."""
    # Not above: already to import it takes longer than most commands run.
    from resonanz.understanding import ModelError, TierMissing, load

    try:
        if settings.UNDERSTANDING == "careful":
            try:
                return load("careful")
            except TierMissing:
                pass
        return load("fast")
    except ModelError as error:
        raise NoModel(str(error)) from error


@dataclass(frozen=True, slots=True)
class Party:
    """Who reads for a workspace."""

    row: Reader
    chosen: Adaptation | None  # what the workspace has switched on
    adaptation: Adaptation | None  # the same, if it stands on the model that reads here

    def label(self, texts: Sequence[str]) -> Labels:
        labels = tier().label(texts)
        if self.adaptation is None:
            return labels
        from resonanz.understanding import adaptation

        return adaptation.Adaptation.from_bytes(bytes(self.adaptation.data)).apply(labels, texts)


def current(workspace: Workspace) -> Party:
    """Who reads for a workspace now. Raises NoModel."""
    learning = Learning.objects.filter(workspace=workspace).select_related("active").first()
    chosen = learning.active if learning else None
    fits = chosen if chosen is not None and chosen.base == tier().version else None
    version = fits.version if fits else tier().version
    reader, _new = Reader.objects.get_or_create(tier=tier().name, version=version)
    return Party(reader, chosen, fits)


def reads_like(reader: Reader) -> bool:
    """Whether the tier of this process is what `reader` is, or stands on. Raises NoModel."""
    return (reader.tier, reader.version.partition("+")[0]) == (tier().name, tier().version)
