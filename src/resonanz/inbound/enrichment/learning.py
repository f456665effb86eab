"""What a workspace's corrections teach: tried out in the background, switched on and off by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import readers
from resonanz.inbound.enrichment.models import Adaptation, Correction, Learning
from resonanz.inbound.enrichment.texts import fingerprint, wording

# Whoever corrects one message often corrects the next: learn when they are done.
PAUSE = timedelta(minutes=5)


class NothingToGain(Exception):
    """There is no adaptation that helps, or it was made for another model."""


def due(workspace: Workspace) -> None:
    """Have a workspace's learning done soon."""
    moment = now() + PAUSE
    row, is_new = Learning.objects.get_or_create(workspace=workspace, defaults={"due_at": moment})
    if not is_new:
        Learning.objects.filter(pk=row.pk).update(due_at=moment)


def learn(workspace: Workspace, seen: Sequence[str]) -> Adaptation | None:
    """Try what the corrections teach and store it as an offer; None if there are too few. Raises NoModel.

    `seen`: texts that people have read and left as they were. Takes about a second for each output.
    """
    from resonanz.understanding import adaptation

    said = Correction.objects.filter(workspace=workspace).select_related("message").order_by("at", "pk")
    taught = [
        adaptation.Correction(wording(one.message), one.output, one.value)
        for one in said
        if one.wording == fingerprint(one.message)
    ]
    made = adaptation.adapt(readers.tier(), taught, seen)
    if not made.gains:
        return None
    gains = {
        output: {
            "corrections": gain.corrections,
            "seen": gain.seen,
            "before": gain.before,
            "after": gain.after,
            "helps": gain.helps,
        }
        for output, gain in made.gains.items()
    }
    return Adaptation(
        workspace=workspace,
        base=made.base,
        version=made.version,
        data=made.to_bytes(),
        gains=gains,
        helps=made.helps,
    )


def offer(workspace: Workspace, made: Adaptation | None) -> None:
    """Keep what was learnt last for a person to decide on; what is switched on stays so. In a transaction."""
    learning = Learning.objects.select_for_update().get(workspace=workspace)
    if made is not None:
        made.save()
    Learning.objects.filter(pk=learning.pk).update(offered=made)
    old = Adaptation.objects.filter(workspace=workspace)
    old.exclude(pk__in=[pk for pk in (made and made.pk, learning.active_id) if pk]).delete()


@transaction.atomic
def switch_on(actor: Member, version: str) -> None:
    """Read with the adaptation that was offered as `version` from now on; everything is read anew in the background.

    Raises NothingToGain, PermissionDenied.
    """
    actor.require(Permission.MANAGE)
    learning = _locked(actor)
    offered = learning.offered if learning else None
    if learning is None or offered is None or not offered.helps or offered.version != version:
        raise NothingToGain
    _switch(actor, learning, offered)


@transaction.atomic
def switch_off(actor: Member) -> None:
    """Read with the model as it came. Raises PermissionDenied."""
    actor.require(Permission.MANAGE)
    learning = _locked(actor)
    if learning is not None and learning.active is not None:
        _switch(actor, learning, None)


def _locked(actor: Member) -> Learning | None:
    rows = Learning.objects.select_for_update(of=("self",)).select_related("active", "offered")
    return rows.filter(workspace=actor.workspace).first()


def _switch(actor: Member, learning: Learning, chosen: Adaptation | None) -> None:
    before = learning.active
    Learning.objects.filter(pk=learning.pk).update(active=chosen, switched_by=actor, switched_at=now())
    record(
        action="understanding.adapted" if chosen else "understanding.unadapted",
        actor=actor,
        before={"model": before and before.version},
        after={"model": chosen and chosen.version},
    )
