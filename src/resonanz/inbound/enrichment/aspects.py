"""A workspace's own aspects: made by its people, learnt from their examples in the background, switched on by hand."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import marks, readers, services
from resonanz.inbound.enrichment.models import (
    Enrichment,
    Example,
    Learning,
    LearntAspect,
    OwnAspect,
    StoredReading,
)
from resonanz.inbound.enrichment.queries import quoting
from resonanz.inbound.enrichment.texts import fingerprint, fingerprint_of, wording
from resonanz.inbound.intake.models import Origin, StoredMessage

# Whoever gives one example often gives the next: learn when they are done. It takes a second or two.
PAUSE = timedelta(seconds=10)
MOST = len(marks.OWN)
FEWEST = 5  # examples from which on it is tried out; with fewer nobody could tell whether it helps
FEWEST_OTHERS = 20
OTHERS, LATEST = 300, 3000  # so many messages, drawn from the latest, say what it is to be told from
LONGEST = 2000  # characters of a text written by hand
MOST_AT_ONCE = 200  # texts


class NotThere(LookupError):
    """The workspace has no such aspect, or no such example."""


class NameTaken(ValueError):
    """Another own aspect of the workspace is called so."""


class TooMany(Exception):
    """There is no room for another aspect, or not until messages have been read without a removed one."""


class NothingToGain(Exception):
    """What was learnt does not help, or something else has been learnt since."""


@transaction.atomic
def create(actor: Member, name: str) -> OwnAspect:
    """A new aspect, without examples yet. Raises NameTaken, TooMany, ValueError for an empty name, PermissionDenied."""
    actor.require(Permission.MANAGE)
    rows = OwnAspect.objects.filter(workspace=actor.workspace)
    # Readings before learning: in the order in which everybody takes them.
    reading = Enrichment.objects.select_for_update(of=("self",))
    reading = reading.filter(channel__workspace=actor.workspace)
    channels = list(reading.order_by("pk")) if rows.count() >= MOST else []
    _learning(actor.workspace)  # one at a time: two would take the same slot
    name = _free_name(actor, name)
    taken = set(rows.values_list("slot", flat=True))
    slot = next((slot for slot in range(MOST) if slot not in taken), None)
    if slot is None:
        slot = _emptied(actor.workspace, channels)
    aspect = OwnAspect.objects.create(workspace=actor.workspace, slot=slot, name=name)
    record(action="aspect.created", actor=actor, target=aspect)
    return aspect


@transaction.atomic
def rename(actor: Member, pk: int, name: str) -> None:
    """Raises NotThere, NameTaken, ValueError, PermissionDenied."""
    actor.require(Permission.MANAGE)
    aspect = _locked(actor, pk)
    before, aspect.name = aspect.name, _free_name(actor, name, but=pk)
    if before != aspect.name:
        aspect.save(update_fields=["name"])
        record(
            action="aspect.renamed",
            actor=actor,
            target=aspect,
            before={"name": before},
            after={"name": aspect.name},
        )


@transaction.atomic
def remove(actor: Member, pk: int) -> None:
    """Forget an aspect with its examples and what they taught; messages are read without it in the background.

    Raises NotThere, PermissionDenied.
    """
    actor.require(Permission.MANAGE)
    learning = _learning(actor.workspace)
    aspect = _locked(actor, pk)
    record(action="aspect.removed", actor=actor, target=aspect)
    Example.objects.filter(aspect=aspect).delete()
    OwnAspect.objects.filter(pk=pk).update(
        name="", removed_at=now(), due_at=None, active=None, offered=None, switched_by=None
    )
    LearntAspect.objects.filter(aspect=aspect).delete()
    _note(learning)


@transaction.atomic
def switch_on(actor: Member, pk: int, version: str) -> None:
    """Read with what was learnt as `version` from now on, everything that is there anew in the background.

    Raises NothingToGain, NotThere, PermissionDenied.
    """
    actor.require(Permission.MANAGE)
    learning = _learning(actor.workspace)
    aspect = _locked(actor, pk)
    offered = aspect.offered
    if offered is None or not offered.helps or offered.version != version:
        raise NothingToGain
    _switch(actor, learning, aspect, offered)


@transaction.atomic
def switch_off(actor: Member, pk: int) -> None:
    """Only what people said themselves is marked from now on. Raises NotThere, PermissionDenied."""
    actor.require(Permission.MANAGE)
    learning = _learning(actor.workspace)
    aspect = _locked(actor, pk)
    if aspect.active is not None:
        _switch(actor, learning, aspect, None)


@dataclass(frozen=True, slots=True)
class Taught:
    """What became of some texts."""

    added: int
    known: int  # had been given before


@transaction.atomic
def teach(actor: Member, pk: int, texts: Iterable[str], *, is_about: bool) -> Taught:
    """Give texts written by hand as examples, or as counter-examples; one that is known changes its side.

    Raises NotThere, PermissionDenied.
    """
    actor.require(Permission.ANSWER)
    aspect = _locked(actor, pk)
    lines = list(dict.fromkeys(line for text in texts if (line := " ".join(text.split())[:LONGEST])))
    known = added = 0
    for line in lines[:MOST_AT_ONCE]:
        key = fingerprint_of(line)
        if Example.objects.filter(aspect=aspect, wording=key, is_about=is_about).exists():
            known += 1
            continue
        said = {"text": line, "is_about": is_about, **_by(actor)}
        Example.objects.update_or_create(aspect=aspect, wording=key, message=None, defaults=said)
        added += 1
    if added:
        due(aspect)
        record(action="aspect.taught", actor=actor, target=aspect, after={_side(is_about): added})
    return Taught(added, known)


@transaction.atomic
def example(actor: Member, message: StoredMessage, pk: int, is_about: bool | None) -> tuple[str, str]:
    """Say that a message is about an own aspect, or is not, or nothing of it any more (None); it shows at once.

    The caller has found `message` in the actor's workspace and writes it down. Returns what held before and what
    holds now. Raises NotThere, PermissionDenied.
    """
    actor.require(Permission.ANSWER)
    # In this order, as everybody does: the worker takes the first one to hand out numbers.
    enrichment = Enrichment.objects.select_for_update().filter(channel_id=message.channel_id).first()
    aspect = _locked(actor, pk)
    reading = StoredReading.objects.filter(message=message).first()
    before = marks.value(reading.marks, aspect.output) if reading else marks.NO
    if is_about is None:
        Example.objects.filter(aspect=aspect, message=message).delete()
    else:
        said = {"is_about": is_about, "wording": fingerprint(message), **_by(actor)}
        Example.objects.update_or_create(aspect=aspect, message=message, defaults=said)
    due(aspect)
    if enrichment is None or reading is None:  # it counts as soon as the message is read
        return before, marks.YES if is_about else marks.NO
    services.reckon(enrichment, reading, message)
    return before, marks.value(reading.marks, aspect.output)


@transaction.atomic
def forget(actor: Member, pk: int, example_pk: int) -> Example | None:
    """Take back an example that was written by hand; one that is a message is returned, for `example` to take back.

    Raises NotThere, PermissionDenied.
    """
    actor.require(Permission.ANSWER)
    aspect = _locked(actor, pk)
    found = Example.objects.filter(aspect=aspect, pk=example_pk).select_related("message").first()
    if found is None:
        raise NotThere
    if found.message is not None:
        return found
    found.delete()
    due(aspect)
    record(action="aspect.untaught", actor=actor, target=aspect, before={_side(found.is_about): 1})
    return None


def due(aspect: OwnAspect) -> None:
    """Have an aspect learnt soon."""
    OwnAspect.objects.filter(pk=aspect.pk, removed_at=None).update(due_at=now() + PAUSE)


def learn(aspect: OwnAspect) -> LearntAspect | None:
    """Try what the examples teach; None if there are too few, or too little to tell them from. Stores nothing."""
    about: list[str] = []
    others: list[str] = []
    for one in Example.objects.filter(aspect=aspect).select_related("message").order_by("at", "pk"):
        text = wording(one.message) if one.message else one.text
        if one.wording == fingerprint_of(text):
            (about if one.is_about else others).append(text)
    drawn = _drawn(aspect)
    if len(set(about)) < FEWEST or len({*others, *drawn} - set(about)) < FEWEST_OTHERS:
        return None
    # Not above: to import it takes longer than most commands run.
    from resonanz.understanding import aspects

    made = aspects.learn(aspect.output, about, drawn, others)
    data = made.to_bytes()
    return LearntAspect(
        aspect=aspect,
        version=sha256(data).hexdigest()[:8],
        scheme=made.scheme,
        data=data,
        examples=made.examples,
        others=made.others,
        found=made.found,
        wrong=made.wrong,
        precision=made.precision,
        helps=made.helps,
    )


def offer(aspect: OwnAspect, made: LearntAspect | None) -> None:
    """Keep what was learnt last for a person to decide on; what is switched on stays so. In a transaction."""
    if made is not None:
        made.save()
    OwnAspect.objects.filter(pk=aspect.pk).update(offered=made)
    kept = [pk for pk in (made and made.pk, aspect.active_id) if pk]
    LearntAspect.objects.filter(aspect=aspect).exclude(pk__in=kept).delete()


def _drawn(aspect: OwnAspect) -> list[str]:
    """Texts of other messages of the workspace, drawn from the latest; the same as long as no new ones come."""
    heard = StoredMessage.objects.filter(
        channel__workspace=aspect.workspace_id, is_ours=False, origin=Origin.INBOUND
    ).exclude(examples__aspect=aspect)
    latest = list(heard.order_by("-pk").values_list("pk", flat=True)[:LATEST])
    some = random.Random(aspect.pk).sample(latest, min(OTHERS, len(latest)))  # noqa: S311  no secret
    rows = StoredMessage.objects.filter(pk__in=some).order_by("pk")
    return [text for message in rows if (text := wording(message)).strip()]


def _by(actor: Member) -> dict[str, object]:
    return {
        "workspace": actor.workspace,
        "member": actor,
        "member_name": str(actor)[:160],
        "at": now(),
    }


def _side(is_about: bool) -> str:
    return "examples" if is_about else "counter_examples"


def _free_name(actor: Member, name: str, but: int | None = None) -> str:
    name = " ".join(name.split())[:40]
    if not name:
        raise ValueError("an aspect needs a name")
    others = OwnAspect.objects.filter(workspace=actor.workspace, removed_at=None, name__iexact=name)
    if (others.exclude(pk=but) if but else others).exists():
        raise NameTaken(name)
    return name


def _learning(workspace: Workspace) -> Learning:
    """The row that says what a workspace reads with, locked: whoever switches something takes it first."""
    Learning.objects.get_or_create(workspace=workspace)
    return Learning.objects.select_for_update().get(workspace=workspace)


def _locked(actor: Member, pk: int) -> OwnAspect:
    rows = OwnAspect.objects.select_for_update(of=("self",)).select_related("active", "offered", "workspace")
    aspect = rows.filter(workspace=actor.workspace, removed_at=None, pk=pk).first()
    if aspect is None:
        raise NotThere
    return aspect


def _switch(actor: Member, learning: Learning, aspect: OwnAspect, chosen: LearntAspect | None) -> None:
    before = aspect.active
    OwnAspect.objects.filter(pk=aspect.pk).update(active=chosen, switched_by=actor, switched_at=now())
    _note(learning)
    record(
        action="aspect.switched_on" if chosen else "aspect.switched_off",
        actor=actor,
        target=aspect,
        before={"model": before and before.version},
        after={"model": chosen and chosen.version},
    )


def _note(learning: Learning) -> None:
    """Say what is switched on now, so that every channel sees that it has to read anew."""
    own = readers.digest(readers.switched_on(learning.workspace))
    Learning.objects.filter(pk=learning.pk).update(own=own)


def _emptied(workspace: Workspace, channels: list[Enrichment]) -> int:
    """The slot of a removed aspect that no message is marked with any more. Raises TooMany."""
    own = Learning.objects.values_list("own", flat=True).get(workspace=workspace)
    gone = OwnAspect.objects.filter(workspace=workspace, removed_at__isnull=False).order_by("removed_at")
    oldest = gone.first()
    if oldest is None or any(row.reread_below or row.own != own for row in channels):
        raise TooMany
    _clear(channels, oldest.output)
    slot = oldest.slot
    oldest.delete()
    return slot


def _clear(channels: list[Enrichment], output: str) -> None:
    """Take the last traces of an aspect off: of messages that people marked, or that nobody could read anew."""
    bit = marks.BIT[output]
    for enrichment in channels:
        left = StoredReading.objects.filter(channel_id=enrichment.channel_id).select_related("message")
        left = left.alias(has=F("marks").bitand(bit), had=F("said").bitand(bit))
        for reading in [*left.filter(has__gt=0), *left.filter(had__gt=0, has=0)]:
            reading.said &= ~bit
            services.reckon(enrichment, reading, reading.message)


def forget_quotes(message_ids: Collection[int]) -> None:
    """Delete what colleagues wrote by hand as an example where it is what one of these says: they are erased."""
    found = {one.pk for some in quoting(message_ids).values() for one in some}
    for aspect in OwnAspect.objects.filter(given__in=found).distinct() if found else ():
        due(aspect)
    Example.objects.filter(pk__in=found).delete()
