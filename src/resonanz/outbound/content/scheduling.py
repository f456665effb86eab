"""From a variant to a publication: once, for the time on the wall, changed as long as nothing has gone out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.outbound.content.models import Content, Outing, Variant
from resonanz.outbound.content.services import plan_fields
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.content.words import Finding, findings, payload_of
from resonanz.outbound.publishing import services as publishing
from resonanz.outbound.publishing.machine import UNSENT, PublicationState
from resonanz.outbound.publishing.models import Origin, Publication

# What came to nothing makes room for another try; everything else is out or may yet be.
OVER = frozenset({PublicationState.CANCELLED, PublicationState.FAILED})


class NotReady(Exception):
    """Some variants cannot go out as they are; `findings` says why, by variant id. Nothing was scheduled."""

    def __init__(self, found: Mapping[int, list[Finding]]) -> None:
        super().__init__(", ".join(f.problem.code for each in found.values() for f in each))
        self.findings = found


class Changed(Exception):
    """The content is not what the person had before their eyes. Nothing was scheduled."""


class AlreadyOut(Exception):
    """A variant is scheduled or published already. `publication` is where it is."""

    def __init__(self, publication: Publication) -> None:
        super().__init__(publication.key)
        self.publication = publication


@dataclass(frozen=True, slots=True)
class Order:
    """One variant to be scheduled. key: made with the form (kernel.ids.new_key); the same key twice is one order."""

    variant: Variant
    key: str


def fingerprint(variant: Variant) -> str:
    """What a person confirms: text, pictures and settings of a variant as one short word."""
    payload = payload_of(variant)
    seen = [payload.text, payload.language, payload.visibility.value, payload.content_warning]
    seen += [f"{attached.file.pk}\0{attached.alt}" for attached in payload.media]
    return hashlib.sha256("\0\0".join(seen).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@transaction.atomic
def schedule(
    member: Member,
    content: Content,
    orders: list[Order],
    when: WallTime | None,
    seen: Mapping[int, str] | None = None,
) -> list[Publication]:
    """Let the variants go out at `when` (None: now): all of them or, if one cannot, none.

    seen: the fingerprints of what the person confirmed, by variant id. Raises NotReady, Changed, AlreadyOut,
    BadTime, publishing.NotAccepted (for the time), PermissionDenied.
    """
    member.require(Permission.PUBLISH)
    if content.workspace_id != member.workspace_id:
        raise PermissionDenied("another workspace")
    # One order at a time for a content: a double click waits here and then finds the first one's work.
    Content.objects.select_for_update().get(pk=content.pk)
    variants = {v.pk: v for v in content.variants.select_related("channel", "content")}
    orders = [Order(variants[order.variant.pk], order.key) for order in orders]
    done = {
        p.key: p
        for p in Publication.objects.filter(key__in=[o.key for o in orders], workspace=member.workspace)
    }
    if len(done) == len(orders):
        return [done[order.key] for order in orders]
    for order in orders:
        if seen is not None and seen.get(order.variant.pk) != fingerprint(order.variant):
            raise Changed
    _refuse_blocked(orders)
    due_at = when.utc() if when else None
    publications = [_scheduled(member, order, when, due_at) for order in orders]
    if when:
        Content.objects.filter(pk=content.pk).update(**plan_fields(when))
    return publications


def _refuse_blocked(orders: list[Order]) -> None:
    blocked = {o.variant.pk: [f for f in findings(o.variant) if f.blocks] for o in orders}
    if blocked := {pk: found for pk, found in blocked.items() if found}:
        raise NotReady(blocked)


def _scheduled(member: Member, order: Order, when: WallTime | None, due_at: datetime | None) -> Publication:
    variant = order.variant
    _make_room(variant)
    publication = publishing.schedule(
        member, variant.channel, payload_of(variant), origin=Origin.CONTENT, due_at=due_at, key=order.key
    )
    wall = when or WallTime.of(now(), member.workspace.timezone)
    Outing.objects.create(
        variant=variant,
        publication=publication,
        local=str(wall),
        zone=wall.zone,
        second=wall.second,
        fingerprint=fingerprint(variant),
        scheduled_by=member,
    )
    return publication


def _make_room(variant: Variant) -> None:
    """An earlier outing that came to nothing counts no more. Raises AlreadyOut if one is out or on its way."""
    earlier = variant.outings.filter(counts=True).select_related("publication").first()
    if earlier is None:
        return
    if earlier.publication.state not in OVER:
        raise AlreadyOut(earlier.publication)
    Outing.objects.filter(pk=earlier.pk).update(counts=False)


@transaction.atomic
def reschedule(member: Member, publication: Publication, when: WallTime | None) -> None:
    """Another time (None: now). Raises BadTime, publishing.TooLate, publishing.NotAccepted, PermissionDenied."""
    publishing.reschedule(member, publication, when.utc() if when else None)
    wall = when or WallTime.of(now(), member.workspace.timezone)
    Outing.objects.filter(publication=publication).update(local=str(wall), zone=wall.zone, second=wall.second)


@transaction.atomic
def reschedule_all(member: Member, publications: list[Publication], when: WallTime) -> None:
    """`reschedule` for several: all of them or none."""
    for publication in publications:
        reschedule(member, publication, when)


@transaction.atomic
def cancel(member: Member, publication: Publication) -> None:
    """It shall not go out; its content becomes a draft again. Raises publishing.TooLate, PermissionDenied."""
    publishing.cancel(member, publication)
    Outing.objects.filter(publication=publication).update(counts=False)


@transaction.atomic
def replace(member: Member, publication: Publication, key: str) -> Publication:
    """Schedule the variant as it reads now for the same time, in place of `publication`.

    key: as for Order. Raises NotReady, publishing.TooLate when it may be on its way already, PermissionDenied.
    """
    member.require(Permission.PUBLISH)
    if done := Publication.objects.filter(key=key, workspace=member.workspace).first():
        return done
    outing = Outing.objects.select_related("variant__channel", "variant__content").get(
        publication=publication, publication__workspace=member.workspace
    )
    order = Order(outing.variant, key)
    _refuse_blocked([order])
    wall = WallTime.parse(outing.local, outing.zone, outing.second)
    if publication.state not in UNSENT:
        raise publishing.TooLate(publication.state)
    cancel(member, publication)
    return _scheduled(member, order, wall, publication.planned_at)
