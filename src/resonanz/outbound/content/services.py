"""Writing contents: every change says which version it saw, so nobody's words are lost under somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.media.models import MediaFile
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Visibility
from resonanz.outbound.content.models import Content, Picture, Variant
from resonanz.outbound.content.walltime import BadTime, WallTime

CONTENT_FIELDS = frozenset({"title", "text", "language", "planned_for", "planned_zone", "planned_second"})
VARIANT_FIELDS = frozenset({"chosen", "text", "language", "visibility", "content_warning", "pictures"})
MAX_TEXT = 100_000  # characters; far beyond any network, so that nothing pasted is cut
MAX_PICTURES = 40
_KEY = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")


class Conflict(Exception):
    """Somebody else has saved since. `current` is the row as it is now; nothing was stored."""

    def __init__(self, current: Content | Variant) -> None:
        super().__init__(f"version {current.version}")
        self.current = current


class NotStorable(ValueError):
    """A field holds what cannot be kept. `code`: too_long, too_many, unknown_visibility; `field` names it."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


@transaction.atomic
def save(
    member: Member, key: str, version: int, writer: str = "", *, force: bool = False, **changes: Any
) -> Content:
    """Store `changes` of a content (CONTENT_FIELDS), making it if `version` is 0. Raises Conflict, NotStorable.

    writer: names the open page that saves. When the answer to its last save got lost it still names an old version;
    nobody else has written since, so that is no conflict. force: overwrite what somebody else saved; the audit trail
    keeps what was there.
    """
    member.require(Permission.WRITE)
    _check(changes, CONTENT_FIELDS)
    if not _KEY.fullmatch(key):
        raise NotStorable("unreadable", "key")
    if version == 0:
        content, is_new = Content.objects.get_or_create(
            workspace=member.workspace,
            key=key,
            defaults={**changes, "created_by": member, "changed_by": member, "writer": writer[:26]},
        )
        if is_new:
            record(action="content.created", actor=member, target=content)
            return content
    content = Content.objects.select_for_update().get(workspace=member.workspace, key=key)
    return _stored(member, content, version, writer, changes, force=force)


@transaction.atomic
def save_variant(
    member: Member,
    content: Content,
    channel: Channel,
    version: int,
    writer: str = "",
    *,
    force: bool = False,
    **changes: Any,
) -> Variant:
    """Store `changes` of one channel's form (VARIANT_FIELDS), making it if need be. As `save` otherwise."""
    member.require(Permission.WRITE)
    _check(changes, VARIANT_FIELDS)
    _same_workspace(member, content, channel)
    variant, is_new = Variant.objects.select_for_update().get_or_create(
        content=content, channel=channel, defaults={**changes, "changed_by": member, "writer": writer[:26]}
    )
    if is_new:
        return variant
    return _stored(member, variant, version, writer, changes, force=force)


@transaction.atomic
def choose(member: Member, content: Content, channels: Sequence[Channel]) -> None:
    """Say which channels a content is for. What was written for the others is kept."""
    member.require(Permission.WRITE)
    _same_workspace(member, content, *channels)
    wanted = {channel.pk: channel for channel in channels}
    content.variants.exclude(channel__in=wanted).update(chosen=False)
    content.variants.filter(channel__in=wanted).update(chosen=True)
    known = set(content.variants.values_list("channel_id", flat=True))
    for pk in wanted.keys() - known:
        usual = wanted[pk].manifest.visibilities[0]
        # Version 0: nobody has written in it yet.
        defaults = {"changed_by": member, "visibility": usual, "version": 0}
        Variant.objects.get_or_create(content=content, channel=wanted[pk], defaults=defaults)


@transaction.atomic
def attach(member: Member, content: Content, file: MediaFile) -> Picture:
    """Put a picture at the end of the content's. It brings its alternative text along."""
    member.require(Permission.WRITE)
    _same_workspace(member, content, file)
    if content.pictures.count() >= MAX_PICTURES:
        raise NotStorable("too_many", "pictures")
    last = content.pictures.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    return Picture.objects.get_or_create(
        content=content, file=file, defaults={"position": position, "alt": file.alt}
    )[0]


def detach(member: Member, content: Content, file: MediaFile) -> None:
    """Take a picture out of the content; it stays among the workspace's media."""
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    content.pictures.filter(file=file).delete()


@transaction.atomic
def describe(member: Member, content: Content, file: MediaFile, alt: str) -> None:
    """Set a picture's alternative text here, and for later posts if it had none yet."""
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    if len(alt) > MAX_TEXT:
        raise NotStorable("too_long", "alt")
    content.pictures.filter(file=file).update(alt=alt)
    MediaFile.objects.filter(pk=file.pk, workspace=member.workspace, alt="").update(alt=alt[:10_000])


@transaction.atomic
def arrange(member: Member, content: Content, file_ids: Sequence[int]) -> None:
    """Put the content's pictures into this order; those not named stay behind them, as they were."""
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    place = {pk: number for number, pk in enumerate(file_ids)}
    pictures = sorted(content.pictures.all(), key=lambda p: (place.get(p.file_id, len(place)), p.position))
    for position, picture in enumerate(pictures):
        picture.position = position
    Picture.objects.bulk_update(pictures, ["position"])


@transaction.atomic
def plan(member: Member, content: Content, when: WallTime | None) -> None:
    """Give a draft a time, or take it away. Raises BadTime for one that the clocks jump over."""
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    if when:
        when.utc()
    Content.objects.filter(pk=content.pk).update(
        **plan_fields(when), version=F("version") + 1, changed_by=member, changed_at=now(), writer=""
    )


@transaction.atomic
def archive(member: Member, content: Content) -> None:
    """Put a content away. It is kept, and `restore` brings it back."""
    _set_archived(member, content, "content.archived", archived=True)


@transaction.atomic
def restore(member: Member, content: Content) -> None:
    _set_archived(member, content, "content.restored", archived=False)


@transaction.atomic
def copy(member: Member, content: Content) -> Content:
    """A new draft with the same words and pictures, and no time."""
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    made = Content.objects.create(
        workspace=member.workspace,
        key=new_key(),
        title=content.title,
        text=content.text,
        language=content.language,
        created_by=member,
        changed_by=member,
    )
    for picture in content.pictures.all():
        Picture.objects.create(
            content=made, file_id=picture.file_id, position=picture.position, alt=picture.alt
        )
    for variant in content.variants.all():
        fields = {name: getattr(variant, name) for name in VARIANT_FIELDS}
        Variant.objects.create(content=made, channel_id=variant.channel_id, changed_by=member, **fields)
    record(action="content.copied", actor=member, target=made, after={"from": content.pk})
    return made


def blank(member: Member, key: str, day: str = "") -> Content:
    """A content that is not stored yet, for a new page; with a time on `day` (2026-03-10) if that is one."""
    if not _KEY.fullmatch(key):
        raise NotStorable("unreadable", "key")
    content = Content(workspace=member.workspace, key=key, language=member.workspace.language, version=0)
    with suppress(BadTime):
        if day:
            plan = WallTime.parse(f"{day}T09:00", member.workspace.timezone)
            content.planned_for, content.planned_zone = str(plan), plan.zone
    return content


def unsaved_variant(content: Content, channel: Channel) -> Variant:
    """The form of `content` for a channel nobody has touched yet. A new content is for every channel that is on."""
    is_new = content.pk is None
    return Variant(
        content=content,
        channel=channel,
        version=0,
        chosen=is_new and channel.state == ChannelState.ACTIVE,
        visibility=channel.manifest.visibilities[0],
    )


def plan_fields(plan: WallTime | None) -> dict[str, Any]:
    """`plan` as the fields of a content."""
    if plan is None:
        return {"planned_for": "", "planned_zone": "", "planned_second": False}
    return {"planned_for": str(plan), "planned_zone": plan.zone, "planned_second": plan.second}


def _stored(
    member: Member, row: Any, version: int, writer: str, changes: Mapping[str, Any], *, force: bool
) -> Any:
    """`row` with `changes`, if nobody but `writer` changed it after `version`."""
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not differing:
        return row
    foreign = row.version != version and not (writer and row.writer == writer)
    if foreign and not force:
        raise Conflict(row)
    if foreign:
        before = {name: getattr(row, name) for name in differing}
        record(action="content.overwritten", actor=member, target=row, before=before, after=differing)
    moment = now()
    type(row)._default_manager.filter(pk=row.pk).update(
        **differing, version=F("version") + 1, writer=writer[:26], changed_by=member, changed_at=moment
    )
    row.refresh_from_db()
    if isinstance(row, Variant):  # lists sort by when anything about the content changed
        Content.objects.filter(pk=row.content_id).update(changed_at=moment)
    return row


def _check(changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    assert changes.keys() <= allowed, changes.keys() - allowed
    for name, most in {"title": 160, "text": MAX_TEXT, "content_warning": MAX_TEXT, "language": 35}.items():
        if len(changes.get(name) or "") > most:
            raise NotStorable("too_long", name)
    if "visibility" in changes and changes["visibility"] not in list(Visibility):
        raise NotStorable("unknown", "visibility")


def _same_workspace(member: Member, *rows: Content | Channel | MediaFile) -> None:
    if any(row.workspace_id != member.workspace_id for row in rows):
        raise PermissionDenied("another workspace")


def _set_archived(member: Member, content: Content, action: str, *, archived: bool) -> None:
    member.require(Permission.WRITE)
    _same_workspace(member, content)
    moment = now() if archived else None
    if Content.objects.filter(pk=content.pk, archived_at__isnull=archived).update(archived_at=moment):
        record(action=action, actor=member, target=content)
    content.archived_at = moment
