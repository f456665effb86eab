"""What people do with publications: schedule, cancel, reschedule, retry, and decide what a network cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work.durability import promise
from resonanz.foundation.work.registry import wake
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.kernel.ids import new_key
from resonanz.outbound.publishing.checks import Payload, Problem, problems
from resonanz.outbound.publishing.machine import MACHINE, UNSENT, PublicationState
from resonanz.outbound.publishing.models import Enclosure, Origin, Publication, reference_json, web_address

# A form that was open for a while still means "now"; anything older is a mistake in the date.
PAST_TOLERANCE = timedelta(minutes=5)
# Files are brought to the network a little before the time, so that the post itself is on time.
UPLOAD_LEAD = timedelta(minutes=2)
PERMISSION = {Origin.CONTENT: Permission.PUBLISH, Origin.ANSWER: Permission.ANSWER}
# Whoever holds the lease has lost it, and stores nothing more.
DISOWN: dict[str, Any] = {
    "lease_owner": "",
    "lease_until": None,
    "lease_number": F("lease_number") + 1,
    "attempts": 0,
}
_KEY = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")


class NotAccepted(Exception):
    """It cannot be scheduled like this; `problems` says why, each with a code and the field to change."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in found))
        self.problems = found


class TooLate(Exception):
    """The publication is no longer in a state in which this could be done; `state` is the one it is in."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def schedule(
    actor: Member,
    channel: Channel,
    payload: Payload,
    *,
    origin: Origin,
    due_at: datetime | None = None,
    key: str | None = None,
) -> Publication:
    """Let `payload` go out through `channel` at `due_at` (None: now). Raises NotAccepted, PermissionDenied.

    key: from kernel.ids.new_key, made with the form. Coming twice with the same key, by a double click or a page
    sent again, gives the publication of the first time.
    """
    actor.require(PERMISSION[origin])
    owners = {channel.workspace_id, *(attached.file.workspace_id for attached in payload.media)}
    if owners != {actor.workspace_id}:
        raise PermissionDenied("another workspace")
    key = _checked_key(key)
    if earlier := Publication.objects.filter(key=key, workspace=actor.workspace).first():
        return earlier
    moment = now()
    planned_at = due_at or moment
    found = [*problems(channel, payload), *_about_time(planned_at, origin)]
    if found:
        raise NotAccepted(found)
    publication = Publication.objects.create(
        workspace=actor.workspace,
        channel=channel,
        origin=origin,
        created_by=actor,
        key=key,
        created_at=max(planned_at, moment),
        text=payload.text,
        language=payload.language,
        visibility=payload.visibility,
        content_warning=payload.content_warning,
        reply_to=reference_json(payload.reply_to),
        quote=reference_json(payload.quote),
        planned_at=planned_at,
        due_at=_first_look(planned_at, bool(payload.media)),
        state_since=moment,
    )
    Enclosure.objects.bulk_create(
        Enclosure(publication=publication, file=attached.file, position=position, alt=attached.alt)
        for position, attached in enumerate(payload.media)
    )
    record(
        action="publication.scheduled",
        actor=actor,
        target=publication,
        after={"channel": channel, "planned_at": planned_at.isoformat(), "key": key},
    )
    promise()
    transaction.on_commit(wake)
    return publication


def cancel(actor: Member, publication: Publication) -> None:
    """It shall not go out. Raises TooLate once it may be on its way."""
    _change(
        actor,
        publication,
        "publication.cancelled",
        {*UNSENT, PublicationState.FAILED},
        PublicationState.CANCELLED,
        due_at=None,
    )


def reschedule(actor: Member, publication: Publication, due_at: datetime | None = None) -> None:
    """Another time (None: now), also for one that is held because it is late. Raises TooLate, NotAccepted."""
    planned_at = due_at or now()
    if found := _about_time(planned_at, Origin(publication.origin)):
        raise NotAccepted(found)
    _change(
        actor,
        publication,
        "publication.rescheduled",
        UNSENT,
        PublicationState.SCHEDULED,
        created_at=_dated(max(planned_at, now())),
        planned_at=planned_at,
        due_at=_first_look(planned_at, publication.enclosures.exists()),
        uploads=[],
    )


def retry(actor: Member, publication: Publication) -> None:
    """Try one that failed again, now. What may have been sent is looked for before anything is sent."""
    publication.refresh_from_db(fields=["sent_at"])
    _change(
        actor,
        publication,
        "publication.retried",
        {PublicationState.FAILED},
        PublicationState.CHECKING if publication.sent_at else PublicationState.SCHEDULED,
        created_at=_dated(now()),
        planned_at=now(),
        due_at=now(),
        uploads=[],
        absences=0,
        checks=0,
        fault=None,
    )


def confirm_published(actor: Member, publication: Publication, url: str = "") -> None:
    """A person has seen it on the network (at `url`), where Resonanz could not look. Raises TooLate, NotAccepted."""
    if url and web_address(url) != url:
        raise NotAccepted([Problem("bad_address", "url")])
    _change(
        actor,
        publication,
        "publication.confirmed",
        {PublicationState.CHECKING},
        PublicationState.PUBLISHED,
        due_at=None,
        url=url,
        published_at=Coalesce("sent_at", now()),
    )


def confirm_not_published(actor: Member, publication: Publication) -> None:
    """A person has looked, and it is not there. It stays stopped; `retry` sends it again."""
    _change(
        actor,
        publication,
        "publication.denied",
        {PublicationState.CHECKING},
        PublicationState.FAILED,
        reason="confirmed_absent",
        due_at=None,
        sent_at=None,
    )


def forget_words(publication_ids: Iterable[int]) -> None:
    """What these said is to be erased, for it was said to somebody who is. That they went out, when and where, stays.

    Only for those that are over: what is still to be sent or looked for needs its words.
    """
    over = {PublicationState.PUBLISHED, PublicationState.FAILED, PublicationState.CANCELLED}
    found = Publication.objects.filter(pk__in=list(publication_ids), state__in=over)
    found.filter(state=PublicationState.FAILED).update(state=PublicationState.CANCELLED, state_since=now())
    found.update(text="", content_warning="", reply_to=None, quote=None, state_detail="")


@transaction.atomic
def _change(
    actor: Member,
    publication: Publication,
    action: str,
    allowed: set[PublicationState] | frozenset[PublicationState],
    state: PublicationState,
    *,
    reason: str = "",
    **fields: Any,
) -> None:
    """Move to `state` from one of `allowed`, take it from whoever works on it, and write it down."""
    actor.require(PERMISSION[Origin(publication.origin)])
    if publication.workspace_id != actor.workspace_id:
        raise PermissionDenied("another workspace")
    before = Publication.objects.select_for_update().get(pk=publication.pk)
    if before.state not in allowed:
        raise TooLate(before.state)
    MACHINE.step(before.state, state)
    fields |= {"state": state, "state_since": now(), "state_reason": reason}
    fields |= {"state_field": "", "state_detail": ""}
    Publication.objects.filter(pk=publication.pk).update(**fields, **DISOWN)
    publication.refresh_from_db()
    record(
        action=action,
        actor=actor,
        target=publication,
        before={"state": before.state, "planned_at": before.planned_at.isoformat()},
        after={"state": state, "planned_at": publication.planned_at.isoformat()},
    )
    promise()
    transaction.on_commit(wake)


def _dated(moment: datetime) -> Case:
    """The date a draft bears: some networks sort by it, so a post planned last week must not appear a week down.

    Once it may have been sent the date stays for ever: with the key it decides where on the network we look for it.
    """
    return Case(When(sent_at=None, absences=0, then=Value(moment)), default=F("created_at"))


def _first_look(planned_at: datetime, has_media: bool) -> datetime:
    return planned_at - UPLOAD_LEAD if has_media else planned_at


def _about_time(planned_at: datetime, origin: Origin) -> list[Problem]:
    """A valid time in the future is never refused; one in the past is, beyond what a slow form explains."""
    if origin is Origin.CONTENT and planned_at < now() - PAST_TOLERANCE:
        return [Problem("in_the_past", "due_at", {"planned_at": planned_at.isoformat()})]
    return []


def _checked_key(key: str | None) -> str:
    if key is None:
        return new_key()
    if not _KEY.fullmatch(key):
        raise ValueError("a publication's key comes from kernel.ids.new_key")
    return key
