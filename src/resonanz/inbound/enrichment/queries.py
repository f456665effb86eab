"""What messages were read as, for those who show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import Correction, Enrichment, Learning, Reader, StoredReading
from resonanz.inbound.enrichment.texts import fingerprint
from resonanz.inbound.intake.models import StoredMessage


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one message means: outputs by their names in marks.py, what counts and how likely the model held it."""

    marks: int
    likely: dict[str, float]  # 0 to 1
    reader: Reader
    corrections: dict[str, Correction] = field(default_factory=dict)  # by output

    @property
    def language(self) -> str:
        return marks.value(self.marks, "language")

    @property
    def sentiment(self) -> str:
        return marks.value(self.marks, "sentiment")

    @property
    def kinds(self) -> list[str]:
        return [name for name in marks.KINDS if self.marks & marks.BIT[name]]

    @property
    def aspects(self) -> list[str]:
        return [name for name in marks.ASPECTS if self.marks & marks.BIT[name]]


def after(channel_id: int, number: int, limit: int) -> list[StoredReading]:
    """The next readings of a channel that were made or corrected after `number`, in that order, with their messages."""
    rows = StoredReading.objects.filter(channel_id=channel_id, number__gt=number)
    return list(rows.select_related("message").order_by("number")[:limit])


def meanings(messages: Iterable[StoredMessage]) -> dict[int, Meaning]:
    """What those of `messages` that were read mean, by the message's id; two statements."""
    known = {message.pk: message for message in messages}
    rows = StoredReading.objects.filter(message__in=known).select_related("reader")
    found = {
        row.message_id: Meaning(row.marks, marks.probabilities(bytes(row.p)), row.reader) for row in rows
    }
    for one in Correction.objects.filter(message__in=found).select_related("member__user"):
        if one.wording == fingerprint(known[one.message_id]):
            found[one.message_id].corrections[one.output] = one
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """How many messages one model has read."""

    reader: Reader
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How reading goes in a workspace."""

    reader: Reader | None  # who reads now; None: nobody has yet
    shares: list[Share]  # of whoever has read, most first
    left: int  # numbers still to be looked at, at most so many messages
    done: float  # the share of them that was looked at, 0 to 1
    set_aside: int
    problem: str  # "model", or nothing
    fault: int | None

    @property
    def read(self) -> int:
        return sum(share.count for share in self.shares)


def overview(member: Member) -> Overview:
    """How reading goes; three statements, however many messages."""
    member.require(Permission.READ)
    rows = list(
        Enrichment.objects.filter(channel__workspace=member.workspace)
        .select_related("reader", "channel__poll")
        .order_by("due_at")
    )
    counted = (
        StoredReading.objects.filter(channel__in=[row.channel_id for row in rows])
        .values_list("reader")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    counts = dict(counted)
    readers = Reader.objects.in_bulk(counts)
    behind = sum(max(row.channel.poll.last_number - row.position, 0) for row in rows)
    left = behind + sum(max(row.reread_below - 1, 0) for row in rows)
    numbers = sum(row.channel.poll.last_number for row in rows)
    return Overview(
        reader=next((row.reader for row in rows if row.reader), None),
        shares=[Share(readers[pk], count) for pk, count in counts.items()],
        left=left,
        done=1 - min(left / numbers, 1) if numbers else 1,
        set_aside=sum(row.set_aside for row in rows),
        problem=next((row.problem for row in rows if row.problem), ""),
        fault=next((row.fault for row in rows if row.set_aside), None),
    )


def learning(member: Member) -> Learning | None:
    """How learning from corrections stands."""
    member.require(Permission.READ)
    rows = Learning.objects.filter(workspace=member.workspace)
    return rows.select_related("active", "offered", "switched_by__user").first()


def corrections(member: Member) -> QuerySet[Correction]:
    """What people have corrected, the latest first."""
    member.require(Permission.READ)
    rows = Correction.objects.filter(workspace=member.workspace).order_by("-at", "-pk")
    return rows.select_related("member__user", "message")


def corrected_counts(member: Member) -> dict[str, int]:
    """Of how many different texts each output was corrected, the most first."""
    member.require(Permission.READ)
    found = Correction.objects.filter(workspace=member.workspace).values_list("output")
    return dict(found.annotate(count=Count("wording", distinct=True)).order_by("-count"))
