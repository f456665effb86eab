"""Which model reads: the careful tier where it is wanted and installed, else the fast one. Loaded when first needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from resonanz.inbound.enrichment.models import Reader

if TYPE_CHECKING:
    from resonanz.understanding import Tier


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


def current() -> Reader:
    """The row of the tier that reads here. Raises NoModel."""
    reader, _new = Reader.objects.get_or_create(tier=tier().name, version=tier().version)
    return reader
