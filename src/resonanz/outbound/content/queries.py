"""Reading contents: drafts, plans, and how each variant stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.channels.queries import of as channels_of
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.outbound.content.models import Content, Outing, Picture, Variant
from resonanz.outbound.content.scheduling import fingerprint
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.content.words import can_publish
from resonanz.outbound.publishing.machine import UNSENT, PublicationState
from resonanz.outbound.publishing.models import Publication


@dataclass(frozen=True, slots=True)
class Standing:
    """A variant and what became of it. stale: the scheduled post does not say what the variant says now."""

    variant: Variant
    publication: Publication | None
    stale: bool = False

    @property
    def is_open(self) -> bool:
        """It may be scheduled (again)."""
        over = (PublicationState.CANCELLED, PublicationState.FAILED)
        return self.publication is None or self.publication.state in over


def get(member: Member, key: str) -> Content:
    """One content with its pictures. Raises Content.DoesNotExist, also for another workspace's."""
    member.require(Permission.READ)
    found = Content.objects.filter(workspace=member.workspace, key=key).select_related("changed_by__user")
    return found.prefetch_related(Prefetch("pictures", Picture.objects.select_related("file"))).get()


def find(member: Member, key: str) -> Content | None:
    """As `get`, with None for what is not there."""
    try:
        return get(member, key)
    except Content.DoesNotExist:
        return None


def anything(workspace: Workspace) -> bool:
    """Whether anybody has ever written something here."""
    return Content.objects.filter(workspace=workspace).exists()


def channels(workspace: Workspace) -> list[Channel]:
    """Where something can be published at all, in a stable order."""
    return [c for c in channels_of(workspace) if can_publish(Variant(channel=c))]


def variants(content: Content) -> list[Variant]:
    """All variants of a content, those that are not chosen included, with what `words` needs."""
    found = list(content.variants.select_related("channel", "changed_by__user"))
    for variant in found:
        variant.content = content
    return found


def standings(content: Content) -> list[Standing]:
    """Each chosen variant with its publication, in the order of the channels."""
    outings = Outing.objects.filter(variant__content=content, counts=True).select_related(
        "publication__channel"
    )
    by_variant = {outing.variant_id: outing for outing in outings}
    return [
        _standing(variant, by_variant.get(variant.pk))
        for variant in variants(content)
        if variant.chosen or variant.pk in by_variant
    ]


def _standing(variant: Variant, outing: Outing | None) -> Standing:
    if outing is None:
        return Standing(variant, None)
    waits = outing.publication.state in UNSENT
    return Standing(variant, outing.publication, stale=waits and outing.fingerprint != fingerprint(variant))


def drafts(workspace: Workspace) -> QuerySet[Content]:
    """Contents of which nothing has been scheduled, the latest changed first."""
    scheduled = Outing.objects.filter(variant__content=OuterRef("pk"), counts=True)
    found = Content.objects.filter(workspace=workspace, archived_at=None).filter(~Exists(scheduled))
    return found.select_related("changed_by__user").prefetch_related(
        Prefetch("variants", Variant.objects.filter(chosen=True).select_related("channel")),
        Prefetch("pictures", Picture.objects.select_related("file")),
    )


def planned_drafts(workspace: Workspace, since: datetime, until: datetime) -> list[Content]:
    """Drafts with a time between two moments, the earliest first. Nothing of them goes out by itself.

    A time that the clocks jump over counts for its day all the same.
    """
    first = str(WallTime.of(since, workspace.timezone))
    last = str(WallTime.of(until, workspace.timezone))
    return list(
        drafts(workspace).filter(planned_for__gte=first, planned_for__lt=last).order_by("planned_for", "pk")
    )


def outings_of(publications: Iterable[Publication]) -> dict[int, Outing]:
    """The outing behind each publication that came from a content, by the publication's id."""
    found = Outing.objects.filter(publication__in=list(publications)).select_related("variant__content")
    return {outing.publication_id: outing for outing in found}


def first_pictures(content_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each content that has pictures: its first one's file id, and how many there are."""
    found: dict[int, tuple[int, int]] = {}
    pictures = Picture.objects.filter(content__in=list(content_ids)).order_by("content", "position", "pk")
    for content_id, file_id in pictures.values_list("content_id", "file_id"):
        first, count = found.get(content_id, (file_id, 0))
        found[content_id] = first, count + 1
    return found


def search(workspace: Workspace, text: str) -> QuerySet[Content]:
    """Contents whose title or text contains `text`, the latest changed first."""
    fits = Q(title__icontains=text) | Q(text__icontains=text) | Q(variants__text__icontains=text)
    return Content.objects.filter(fits, workspace=workspace, archived_at=None).distinct()
