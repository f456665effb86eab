"""What messages were read as, for those who show it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import (
    Correction,
    Enrichment,
    Example,
    Learning,
    OwnAspect,
    Reader,
    StoredReading,
)
from resonanz.inbound.enrichment.texts import fingerprint, wording
from resonanz.inbound.intake.models import Origin, StoredMessage, Wording
from resonanz.kernel.folding import words

# What `own_aspect` raises, for those who do not know models.
NoAspect = OwnAspect.DoesNotExist
LOOKED_AT = 300  # messages among which those are found that resemble the examples
# A text of so many characters that stands in another one is a quotation; a shorter one only if it is all of it.
QUOTATION = 20


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one message means: outputs by their names in marks.py, what counts and how likely the model held it."""

    marks: int
    likely: dict[str, float]  # 0 to 1
    reader: Reader
    corrections: dict[str, Correction | Example] = field(default_factory=dict)  # by output

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
    """What those of `messages` that were read mean, by the message's id; three statements."""
    known = {message.pk: message for message in messages}
    rows = StoredReading.objects.filter(message__in=known).select_related("reader")
    found = {
        row.message_id: Meaning(row.marks, marks.probabilities(bytes(row.p)), row.reader) for row in rows
    }
    for one in Correction.objects.filter(message__in=found).select_related("member__user"):
        if one.wording == fingerprint(known[one.message_id]):
            found[one.message_id].corrections[one.output] = one
    for example in Example.objects.filter(message__in=found).select_related("member__user", "aspect"):
        if example.message_id and example.wording == fingerprint(known[example.message_id]):
            found[example.message_id].corrections[example.aspect.output] = example
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


def own_aspects(member: Member) -> list[OwnAspect]:
    """The workspace's own aspects by name, to be shown and filtered by."""
    member.require(Permission.READ)
    return own_of(member.workspace_id)


def own_of(workspace_id: int) -> list[OwnAspect]:
    """The same, for those who have asked for the permission already."""
    rows = OwnAspect.objects.filter(workspace=workspace_id, removed_at=None)
    return sorted(rows, key=lambda aspect: aspect.name.casefold())


def own_standings(member: Member) -> list[OwnAspect]:
    """The same with what was learnt, and how many `examples` and `counter_examples` there are."""
    return sorted(_standings(member), key=lambda aspect: aspect.name.casefold())


def own_aspect(member: Member, pk: int) -> OwnAspect:
    """One of them, as `own_standings` has it. Raises NoAspect."""
    return _standings(member).get(pk=pk)


def _standings(member: Member) -> QuerySet[OwnAspect]:
    member.require(Permission.READ)
    rows = OwnAspect.objects.filter(workspace=member.workspace, removed_at=None)
    rows = rows.select_related("active", "offered", "switched_by__user").defer(
        "active__data", "offered__data"
    )
    return rows.annotate(
        examples=Count("given__wording", filter=Q(given__is_about=True), distinct=True),
        counter_examples=Count("given__wording", filter=Q(given__is_about=False), distinct=True),
    )


def examples(member: Member, aspect: OwnAspect) -> QuerySet[Example]:
    """What people gave as examples and counter-examples, the latest first."""
    member.require(Permission.READ)
    rows = Example.objects.filter(workspace=member.workspace, aspect=aspect).order_by("-at", "-pk")
    return rows.select_related("member__user", "message__author")


def resembling(member: Member, aspect: OwnAspect, limit: int) -> list[StoredMessage]:
    """Of the latest messages those most like the examples, none of which they are; none before something was learnt.

    Takes as long as reading some hundred messages does.
    """
    member.require(Permission.READ)
    chosen = aspect.offered or aspect.active
    if chosen is None:
        return []
    from resonanz.understanding.aspects import Aspect

    heard = StoredMessage.objects.filter(
        channel__workspace=member.workspace, is_ours=False, origin=Origin.INBOUND
    )
    heard = heard.exclude(examples__aspect=aspect).select_related("author", "channel").order_by("-pk")
    known = set(Example.objects.filter(aspect=aspect).values_list("wording", flat=True))
    latest = list({key: one for one in heard[:LOOKED_AT] if (key := fingerprint(one)) not in known}.values())
    try:
        scores = Aspect.from_bytes(bytes(chosen.data)).scores([wording(message) for message in latest])
    except ValueError:  # learnt for other features; it is learnt anew
        return []
    return [latest[place] for place in (-scores).argsort(kind="stable")[:limit].tolist()]


def quoting(message_ids: Collection[int]) -> dict[int, list[Example]]:
    """Examples written by hand that are what one of these messages says or said, or a part of it, by the message."""
    rows = StoredMessage.objects.filter(pk__in=list(message_ids))
    workspaces = rows.values("channel__workspace").distinct()
    written = Example.objects.filter(workspace__in=workspaces, message=None).select_related("aspect")
    by_hand = [(_folded(one.text), one) for one in written]
    if not by_hand:
        return {}
    said = [(message.pk, wording(message)) for message in rows]
    earlier = Wording.objects.filter(message__in=list(message_ids))
    said += [(one.message_id, f"{one.title}\n{one.text}") for one in earlier]
    found: dict[int, list[Example]] = {}
    for pk, text in said:
        folded = _folded(text)
        for example_text, one in by_hand:
            if _quotes(example_text, folded) and one not in found.get(pk, ()):
                found.setdefault(pk, []).append(one)
    return found


def _folded(text: str) -> str:
    return " ".join(words(text))


def _quotes(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= QUOTATION and short in long)
