"""Taking pictures in, and handing them out in the form somebody needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePath
from typing import Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.utils.timezone import now

from resonanz.connectorkit.manifest import MediaLimit
from resonanz.foundation.audit.services import record
from resonanz.foundation.media import images
from resonanz.foundation.media.images import MediaRefused, Picture
from resonanz.foundation.media.models import Derivative, MediaFile, Stored
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.kernel.ids import new_key
from resonanz.kernel.publishing import Media

FOLDER = "media"
THUMBNAIL_EDGE = 640  # pixels: sharp at 320 on a dense screen
MAX_ALT = 10_000  # characters; networks allow fewer, and say so in the composer


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def upload(member: Member, file: Readable, title: str, alt: str = "") -> MediaFile:
    """Check, clean and keep one picture. The same bytes again give the row that is there. Raises MediaRefused."""
    member.require(Permission.WRITE)
    data = file.read(images.MAX_BYTES + 1)
    digest = hashlib.sha256(data).hexdigest()
    if known := MediaFile.objects.filter(workspace=member.workspace, sha256=digest).first():
        return known
    picture = images.clean(data)
    fields = {"title": _title(title), "alt": alt[:MAX_ALT], "sha256": digest, "uploaded_by": member}
    try:
        with transaction.atomic():
            stored = MediaFile.objects.create(
                workspace=member.workspace, **_written(member.workspace, picture), **fields
            )
            record(action="media.uploaded", actor=member, target=stored, after={"sha256": digest})
    except IntegrityError:  # somebody sent the same file at the same moment; ours becomes an orphan
        return MediaFile.objects.get(workspace=member.workspace, sha256=digest)
    return stored


def describe(member: Member, file: MediaFile, alt: str) -> None:
    """Set the alternative text that posts with this picture start from."""
    member.require(Permission.WRITE)
    MediaFile.objects.filter(pk=file.pk, workspace=member.workspace).update(alt=alt.strip()[:MAX_ALT])


def as_media(file: MediaFile, limit: MediaLimit, alt: str | None = None) -> Media:
    """`file` in a form that `limit` allows, with `alt` (None: the file's own).

    What does not fit as it is gets a fitted version, made once and kept, so every later call gives the same bytes.
    Raises MediaRefused("does_not_fit").
    """
    stored: Stored = file
    if not _fits(file, limit):
        stored = _derived(file, _purpose(limit), lambda picture: images.fit(picture, limit))
    return Media(
        id=str(file.pk),
        content_type=stored.content_type,
        size_bytes=stored.size_bytes,
        open=stored.open,
        alt=file.alt if alt is None else alt,
        width=stored.width,
        height=stored.height,
    )


def thumbnail(file: MediaFile) -> Derivative:
    """A version small enough for lists and previews."""
    return _derived(
        file, f"thumbnail {THUMBNAIL_EDGE}", lambda picture: images.scaled(picture, THUMBNAIL_EDGE)
    )


@transaction.atomic
def remove(member: Member, file: MediaFile) -> None:
    """Forget a picture. Its files go with the next cleaning. Raises MediaRefused("in_use") if a content shows it."""
    member.require(Permission.WRITE)
    found = MediaFile.objects.get(pk=file.pk, workspace=member.workspace)
    record(action="media.removed", actor=member, target=found)
    try:
        found.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        raise MediaRefused("in_use") from error


def clean_orphans(older_than: timedelta = timedelta(hours=24)) -> int:
    """Delete stored files that no row names; returns how many.

    They are left behind by a process that died between file and row, and by `remove`. Young files may belong to a row
    that is being written right now.
    """
    known = {*MediaFile.objects.values_list("storage_name", flat=True)}
    known |= {*Derivative.objects.values_list("storage_name", flat=True)}
    removed = 0
    for name in _stored_names():
        if name not in known and default_storage.get_modified_time(name) < now() - older_than:
            default_storage.delete(name)
            removed += 1
    return removed


def _stored_names() -> list[str]:
    if not default_storage.exists(FOLDER):
        return []
    folders, _ = default_storage.listdir(FOLDER)
    return [
        f"{FOLDER}/{folder}/{name}"
        for folder in folders
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]
    ]


def _written(workspace: Workspace, picture: Picture) -> dict[str, object]:
    """Put `picture` into the storage; the fields of the row that will name it."""
    ending = "jpg" if picture.content_type == images.JPEG else "png"
    name = default_storage.save(f"{FOLDER}/{workspace.pk}/{new_key()}.{ending}", ContentFile(picture.data))
    return {
        "storage_name": name,
        "content_type": picture.content_type,
        "size_bytes": len(picture.data),
        "width": picture.width,
        "height": picture.height,
    }


def _derived(file: MediaFile, purpose: str, make: Callable[[Picture], Picture]) -> Derivative:
    if found := file.derivatives.filter(purpose=purpose).first():
        return found
    with file.open() as stream:
        original = Picture(stream.read(), file.content_type, file.width, file.height)
    fields = _written(file.workspace, make(original))
    # Whoever was first wins, so that everybody sends the same bytes.
    return Derivative.objects.get_or_create(file=file, purpose=purpose, defaults=fields)[0]


def _fits(file: MediaFile, limit: MediaLimit) -> bool:
    return (
        file.content_type in limit.content_types
        and file.size_bytes <= limit.max_bytes
        and (limit.max_pixels is None or file.width * file.height <= limit.max_pixels)
    )


def _purpose(limit: MediaLimit) -> str:
    """Names all that `fit` looks at, so that equal limits share a version."""
    types = "+".join(sorted(kind for kind in limit.content_types if kind in {images.JPEG, images.PNG}))
    return f"fit {types} {limit.max_bytes} {limit.max_pixels or ''}".strip()


def _title(name: str) -> str:
    """A file's name as its sender wrote it, without folders and control characters."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:160] or "-"
