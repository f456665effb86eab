"""Which model reads: the careful tier where it is wanted and there, else the fast one; with what a workspace taught.

Loaded when first needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from django.conf import settings

from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import Adaptation, Learning, OwnAspect, Reader

if TYPE_CHECKING:
    from resonanz.understanding import Evidence, Labels, Tier
    from resonanz.understanding.aspects import Aspect


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
    own: tuple[OwnAspect, ...]  # own aspects that are switched on
    own_here: tuple[OwnAspect, ...]  # those of them that know the features of the model that reads here

    def label(self, texts: Sequence[str]) -> Labels:
        labels = tier().label(texts)
        if self.adaptation is None:
            return labels
        from resonanz.understanding import adaptation

        return adaptation.Adaptation.from_bytes(bytes(self.adaptation.data)).apply(labels, texts)

    def own_marks(self, texts: Sequence[str]) -> list[int]:
        """Of each text the bits of the own aspects that it is about."""
        if not self.own_here:
            return [0] * len(texts)
        from resonanz.understanding import aspects

        found = aspects.given([learnt(aspect) for aspect in self.own_here], texts)
        bits = [marks.BIT[aspect.output] for aspect in self.own_here]
        return [sum(bit for bit, yes in zip(bits, row, strict=True) if yes) for row in found.tolist()]

    @property
    def resting(self) -> list[OwnAspect]:
        """Own aspects that are switched on and were learnt for other features."""
        return [aspect for aspect in self.own if aspect not in self.own_here]


def current(workspace: Workspace) -> Party:
    """Who reads for a workspace now. Raises NoModel."""
    learning = Learning.objects.filter(workspace=workspace).select_related("active").first()
    chosen = learning.active if learning else None
    fits = chosen if chosen is not None and chosen.base == tier().version else None
    from resonanz.understanding.loops import SCHEME

    own = tuple(switched_on(workspace))
    own_here = tuple(aspect for aspect in own if aspect.active and aspect.active.scheme == SCHEME)
    version = fits.version if fits else tier().version
    if own_here:
        version += f"+own-{digest(own_here)}"
    reader, _new = Reader.objects.get_or_create(tier=tier().name, version=version)
    return Party(reader, chosen, fits, own, own_here)


def switched_on(workspace: Workspace) -> list[OwnAspect]:
    """The own aspects that messages of a workspace are to be read with."""
    rows = OwnAspect.objects.filter(workspace=workspace, removed_at=None, active__isnull=False)
    return list(rows.select_related("active").order_by("slot"))


def digest(aspects: Iterable[OwnAspect]) -> str:
    """Eight hexadecimal digits for the state of these aspects; nothing for none."""
    states = [f"{aspect.slot}:{aspect.active.version}" for aspect in aspects if aspect.active]
    return blake2b(" ".join(states).encode(), digest_size=4).hexdigest() if states else ""


def learnt(aspect: OwnAspect) -> Aspect:
    """What reads for an aspect that is switched on."""
    from resonanz.understanding import aspects

    assert aspect.active is not None
    return aspects.Aspect.from_bytes(bytes(aspect.active.data))


def own_evidence(aspect: OwnAspect, text: str) -> list[Evidence]:
    """The words that speak for an aspect that is switched on; none where it was learnt for other features."""
    try:
        return [replace(one, label=aspect.output) for one in learnt(aspect).evidence(text)]
    except ValueError:
        return []


def reads_like(reader: Reader) -> bool:
    """Whether the tier of this process is what `reader` is, or stands on. Raises NoModel."""
    return (reader.tier, reader.version.partition("+")[0]) == (tier().name, tier().version)
