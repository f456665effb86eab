"""Reading publications: the ledger, what is due and not out, days, and counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.workspaces.models import Workspace
from resonanz.outbound.publishing.machine import OPEN, UNSENT, PublicationState
from resonanz.outbound.publishing.models import Publication

# Sending takes a moment; only what is out later than this counts as "not out".
GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """Publications of one workspace."""

    planned: int  # in the asked range and not cancelled
    published: int  # of those, public
    not_out: int  # due and not out, whenever they were due
    checking: int
    failed: int


def ledger(
    workspace: Workspace,
    *,
    states: Iterable[str] = (),
    channel: Channel | None = None,
    origin: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
) -> QuerySet[Publication]:
    """Every publication that fits, the latest planned first."""
    found = Publication.objects.filter(workspace=workspace).select_related("channel", "created_by__user")
    if states := list(states):
        found = found.filter(state__in=states)
    if channel is not None:
        found = found.filter(channel=channel)
    if origin:
        found = found.filter(origin=origin)
    if since is not None:
        found = found.filter(planned_at__gte=since)
    if until is not None:
        found = found.filter(planned_at__lt=until)
    if text:
        found = found.filter(text__icontains=text)
    return found


def due_and_not_out(workspace: Workspace) -> QuerySet[Publication]:
    """What was due and did not go out, the longest overdue first. `why` says the reason for each."""
    overdue = Q(state__in=OPEN, planned_at__lte=now() - GRACE)
    stopped = Q(state__in=(PublicationState.CHECKING, PublicationState.FAILED))
    return ledger(workspace).filter(overdue | stopped).order_by("planned_at", "pk")


def why(publication: Publication) -> str:
    """The code of the reason why it is not out; the page chooses its sentence and remedy by it.

    channel_paused | channel_access_lost | channel_removed: the channel holds it · late: too late to send without
    asking · no_worker: nobody has taken it up · working: just being sent · failed and checking: `state_reason`.
    """
    state, reason = publication.state, publication.state_reason
    if state in UNSENT and publication.channel.state != ChannelState.ACTIVE:
        return f"channel_{publication.channel.state}"
    if reason:
        return reason
    if state in UNSENT and publication.due_at and publication.due_at <= now() - GRACE:
        return "working" if publication.lease_owner else "no_worker"
    return "working" if state in OPEN else state


def in_range(workspace: Workspace, since: datetime, until: datetime) -> QuerySet[Publication]:
    """Planned from `since` to before `until`, the earliest first, without what was cancelled."""
    return (
        ledger(workspace, since=since, until=until)
        .exclude(state=PublicationState.CANCELLED)
        .order_by("planned_at", "pk")
    )


def counts(workspace: Workspace, since: datetime, until: datetime) -> Counts:
    """The numbers of a day (or any range) and of what needs a person."""
    planned = in_range(workspace, since, until).aggregate(
        planned=Count("pk"), published=Count("pk", filter=Q(state=PublicationState.PUBLISHED))
    )
    stuck = due_and_not_out(workspace).aggregate(
        not_out=Count("pk"),
        checking=Count("pk", filter=Q(state=PublicationState.CHECKING)),
        failed=Count("pk", filter=Q(state=PublicationState.FAILED)),
    )
    return Counts(**planned, **stuck)


def with_remote_ids(channel: Channel, remote_ids: Iterable[str]) -> QuerySet[Publication]:
    """Ours among what a network shows: the publications of `channel` with these remote ids."""
    return Publication.objects.filter(channel=channel, remote_id__in=list(remote_ids)).exclude(remote_id="")
