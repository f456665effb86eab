"""What a worker does with a publication: one step, then store it; and again, until it is out or must wait.

The one rule: before a request that makes something public leaves, `sending` lies on the disk; and once it may have
left, nothing is sent again until the network itself has said that it is not there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import uniform
from typing import Any

from django.db import IntegrityError
from django.utils.timezone import now

from resonanz.connectorkit.capabilities import UPLOAD_GONE
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
)
from resonanz.connectorkit.guard import deadline
from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.channels.doors import connector
from resonanz.foundation.channels.models import ChannelState
from resonanz.foundation.channels.queries import limits_of
from resonanz.foundation.channels.services import access_lost
from resonanz.foundation.media.images import MediaRefused
from resonanz.foundation.media.services import as_media
from resonanz.foundation.work import leases, registry, workers
from resonanz.foundation.work.durability import durable
from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.kernel.publishing import Media, Receipt, Upload
from resonanz.outbound.publishing.checks import limit_for
from resonanz.outbound.publishing.machine import (
    CALL_SECONDS,
    LEASE_SECONDS,
    MARGIN_SECONDS,
    UNSENT,
    UPLOAD_SECONDS,
    PublicationState,
)
from resonanz.outbound.publishing.models import Enclosure, Origin, Publication
from resonanz.outbound.publishing.steps import Step

_S = PublicationState

# Later than this, a person is asked first: a post for the morning is not wanted in the evening, and an answer a day
# late may have been overtaken by another.
LATE = {Origin.CONTENT: timedelta(hours=2), Origin.ANSWER: timedelta(hours=24)}
# While its channel is paused or has no access, a publication is looked at this often.
HOLD = timedelta(seconds=60)
# How often one may be sent and surely not arrive before we stop believing in the next time.
MOST_ABSENCES = 3
# After a rate limit all that waited come back; not all in the same moment.
RATE_SPREAD_SECONDS = 10


def handle(lease: Lease) -> None:
    """Take a publication as far as it goes now."""
    while True:
        step = Step(lease, lease.row())
        seconds = UPLOAD_SECONDS if step.publication.state == _S.UPLOADING else CALL_SECONDS
        if not lease.has(seconds + MARGIN_SECONDS):
            lease.release(now())  # the step deserves a whole lease
            return
        if not _STEPS[PublicationState(step.publication.state)](step):
            return


def on_fault(lease: Lease, fault: int) -> None:
    """A bug of ours. What may be public is looked for; the rest stops, with its number and its whole payload."""
    step = Step(lease, lease.row())
    match step.publication.state:
        case _S.SENDING:
            _look_later(step, now(), "fault", fault=fault)
        case _S.CHECKING:
            _look_again(step, None, "fault", fault=fault)
        case _:
            step.fail("fault", fault=fault)


# --- before it is sent ----------------------------------------------------------------------------------------------


def _begin(step: Step) -> bool:
    if _must_wait(step):
        return False
    if step.enclosures:
        return step.go_on(_S.UPLOADING)
    # Nothing is to be brought before it, so that "ready" would be one more commit and nothing else.
    return _send(step)


def _upload(step: Step) -> bool:
    """Bring one more file to the network, or ask whether one is ready that was not."""
    if _must_wait(step):
        return False
    publication = step.publication
    try:
        media, uploads = _media(step), list(publication.stored_uploads())
        waiting = next((place for place, upload in enumerate(uploads) if not upload.ready), None)
        network = connector(publication.channel)
        with deadline(UPLOAD_SECONDS):
            if len(uploads) < len(media):
                uploads.append(network.upload(media[len(uploads)]))
            elif waiting is not None:
                uploads[waiting] = network.upload_state(uploads[waiting])
    except MediaRefused as error:
        return step.fail(error.code, state_field="media")
    except ConnectorError as error:
        return _not_done(step, error)
    stored = [_upload_json(upload) for upload in uploads]
    if len(uploads) == len(media) and waiting is not None and not uploads[waiting].ready:
        pause = backoff(publication.attempts, first_seconds=1, most_seconds=30)
        return step.leave(_S.UPLOADING, now() + pause, "network_works", uploads=stored)
    is_done = len(uploads) == len(media) and all(upload.ready for upload in uploads)
    return step.go_on(_S.READY if is_done else _S.UPLOADING, uploads=stored, attempts=0)


def _send(step: Step) -> bool:
    publication = step.publication
    if publication.planned_at > now():
        return step.leave(_S.READY, publication.planned_at, attempts=0)
    if _must_wait(step):
        return False
    try:
        network = connector(publication.channel)
        draft = publication.draft(_media(step))
    except MediaRefused as error:
        return step.fail(error.code, state_field="media")
    except ConnectorError as error:
        return _not_done(step, error)
    with durable():
        step.go_on(_S.SENDING, sent_at=now())
    if not step.lease.has(CALL_SECONDS + MARGIN_SECONDS / 2):
        # The disk took its time. Nothing has been sent, and with a lease so short nothing may be.
        return step.leave(_S.READY, now(), sent_at=None)
    try:
        with deadline(CALL_SECONDS):
            receipt = network.publish(draft, publication.stored_uploads())
    except OutcomeUnknown as error:
        return _look_later(step, now(), error.reason, state_detail=error.detail[:500])
    except ConnectorError as error:
        return _not_done(step, error)
    return _published(step, receipt)


def _must_wait(step: Step) -> bool:
    """Whether it may not go out now; if so it has been put back with the reason."""
    publication = step.publication
    if publication.channel.state != ChannelState.ACTIVE:
        _hold(step, publication.channel.state)
        return True
    if now() - publication.planned_at > LATE[Origin(publication.origin)]:
        step.leave(_S.SCHEDULED, None, "late", uploads=[])
        return True
    return False


def _hold(step: Step, channel_state: str) -> bool:
    """Wait for the channel. From the beginning afterwards, for uploads don't keep."""
    until, reason = now() + HOLD, f"channel_{channel_state}"
    step.leave(_S.SCHEDULED, until, reason, uploads=[], sent_at=None, attempts=0)
    # The others wait with it, in one statement, instead of each being taken up only to be put back.
    others = leases.due(KIND).filter(channel=step.publication.channel_id, state__in=UNSENT)
    others.update(due_at=until, state_reason=reason)
    return False


def _media(step: Step) -> list[Media]:
    """The files in the form this channel takes; the same bytes each time. Raises MediaRefused."""
    if not step.enclosures:
        return []
    limits = limits_of(step.publication.channel)

    def fitted(enclosure: Enclosure) -> Media:
        limit = limit_for(limits, enclosure.file.content_type)
        if limit is None:
            raise MediaRefused("media_type_refused")
        return as_media(enclosure.file, limit, enclosure.alt)

    return [fitted(enclosure) for enclosure in step.enclosures]


def _upload_json(upload: Upload) -> dict[str, object]:
    return {"media_id": upload.media_id, "data": dict(upload.data), "ready": upload.ready}


# --- when it may have been sent -------------------------------------------------------------------------------------


def _interrupted(step: Step) -> bool:
    """Whoever sent it is gone. If that is certain, nothing leaves any more; if not, its call may still be going on."""
    over = now()
    if step.publication.sent_at and not workers.death_is_certain():
        over = max(over, step.publication.sent_at + timedelta(seconds=CALL_SECONDS))
    return _look_later(step, over, "interrupted")


def _check(step: Step) -> bool:
    """Ask the network whether it is there."""
    publication, channel = step.publication, step.publication.channel
    if not channel.manifest.can(Capability.FIND_PUBLISHED):
        return step.leave(_S.CHECKING, None, "cannot_look")
    if channel.state != ChannelState.ACTIVE:
        return step.leave(_S.CHECKING, now() + HOLD, f"channel_{channel.state}")
    try:
        draft = publication.draft(_media(step))
        with deadline(CALL_SECONDS):
            found = connector(channel).find_published(draft, _Taken(publication))
    except AccessLost as error:
        access_lost(channel, error)
        return step.leave(_S.CHECKING, now() + HOLD, "channel_access_lost")
    except ConnectorError as error:
        at = _again_at(error, 0) if isinstance(error, RateLimited) else None
        return _look_again(step, at, error.reason, state_detail=error.detail[:500])
    return _absent(step) if found is None else _published(step, found)


def _look_later(step: Step, over: datetime, reason: str, **fields: Any) -> bool:
    """Look once the network has surely done whatever it was still going to do with a request that ended at `over`."""
    settled = over + timedelta(seconds=step.publication.channel.manifest.settle_seconds)
    return step.leave(_S.CHECKING, settled, reason, checks=0, attempts=0, **fields)


def _look_again(step: Step, at: datetime | None, reason: str, **fields: Any) -> bool:
    """The network gave no answer: stay where everybody sees it, and wait a little longer each time."""
    checks = step.publication.checks + 1
    return step.leave(_S.CHECKING, at or now() + backoff(checks), reason, checks=checks, **fields)


def _absent(step: Step) -> bool:
    """It surely is not public. From the beginning, then: uploads may have gone stale, and it may have got late."""
    absences = step.publication.absences + 1
    fields: dict[str, Any] = {
        "absences": absences,
        "checks": 0,
        "attempts": 0,
        "sent_at": None,
        "uploads": [],
    }
    if absences >= MOST_ABSENCES:
        return step.fail("fault" if step.publication.fault else "not_arriving", **fields)
    return step.go_on(_S.SCHEDULED, **fields)


def _published(step: Step, receipt: Receipt) -> bool:
    try:
        return step.prove(receipt)
    except IntegrityError:
        # The post is the proof of another publication: ours must be another post.
        return _look_later(step, now(), "receipt_taken")


class _Taken:
    """The remote ids that are the proof of other publications of the channel."""

    def __init__(self, publication: Publication) -> None:
        self._others = Publication.objects.filter(channel=publication.channel_id).exclude(pk=publication.pk)

    def __contains__(self, remote_id: object) -> bool:
        return bool(remote_id) and self._others.filter(remote_id=remote_id).exists()


# --- what a failure means when nothing was made public ---------------------------------------------------------------


def _not_done(step: Step, error: ConnectorError) -> bool:
    """Wait for the channel, stop, or try again later."""
    publication = step.publication
    if isinstance(error, AccessLost):
        access_lost(publication.channel, error)
        return _hold(step, ChannelState.ACCESS_LOST)
    if isinstance(error, NotFound):
        return step.fail("target_gone", state_field="reply_to", state_detail=error.detail[:500], sent_at=None)
    if isinstance(error, Rejected) and error.reason == UPLOAD_GONE:
        return _absent(step)  # from the beginning, uploads included; a few times, not for ever
    if isinstance(error, Rejected):
        field, detail = error.field[:32], error.detail[:500]
        return step.fail(error.reason, state_field=field, state_detail=detail, sent_at=None)
    # Unavailable; or an upload of which nobody knows whether it arrived, and a second one does no harm.
    back = _S.READY if publication.state == _S.SENDING else PublicationState(publication.state)
    at = _again_at(error, publication.attempts)
    return step.leave(back, at, error.reason, state_detail=error.detail[:500], sent_at=None)


def _again_at(error: ConnectorError, attempts: int) -> datetime:
    if isinstance(error, RateLimited):
        return error.retry_at + timedelta(seconds=uniform(0, RATE_SPREAD_SECONDS))  # noqa: S311 (spread, not secrecy)
    return now() + backoff(attempts)


_STEPS = {
    _S.SCHEDULED: _begin,
    _S.UPLOADING: _upload,
    _S.READY: _send,
    _S.SENDING: _interrupted,
    _S.CHECKING: _check,
}

KIND = registry.register(
    Kind(
        name="publication",
        model=Publication,
        handle=handle,
        on_fault=on_fault,
        lease_seconds=LEASE_SECONDS,
        together=("channel",),
    )
)
