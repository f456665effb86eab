"""Reading pictures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from resonanz.foundation.media.models import MediaFile
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission


def of(workspace: Workspace) -> QuerySet[MediaFile]:
    """The pictures of `workspace`, newest first."""
    return MediaFile.objects.filter(workspace=workspace)


def get(member: Member, pk: int) -> MediaFile:
    """One picture of the member's workspace. Raises MediaFile.DoesNotExist, also for another workspace's."""
    member.require(Permission.READ)
    return of(member.workspace).get(pk=pk)


def find(member: Member, pk: int) -> MediaFile | None:
    """As `get`, with None for what is not there."""
    member.require(Permission.READ)
    return of(member.workspace).filter(pk=pk).first()


def by_id(workspace: Workspace, pks: Iterable[int]) -> dict[int, MediaFile]:
    """Those of `pks` that belong to `workspace`."""
    return of(workspace).in_bulk(list(pks))
