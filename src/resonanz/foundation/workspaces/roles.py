"""Who may do what: every role with its permissions, as data."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Permission(StrEnum):
    """One thing a person may do. Services ask for these; pages only hide what would be refused."""

    READ = "read"  # see everything in the workspace but secrets
    ANSWER = "answer"  # reply, assign, label, note, resolve
    WRITE = "write"  # create and change content
    PUBLISH = "publish"  # schedule or publish content
    APPROVE = "approve"  # let somebody else's content go out
    CONNECT = "connect"  # connect, pause and remove channels
    MANAGE = "manage"  # people, roles, settings of the workspace
    OWN = "own"  # hand over or delete the workspace


class Role(TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    EDITOR = "editor", pgettext_lazy("role", "Editor")
    AGENT = "agent", pgettext_lazy("role", "Agent")
    ANALYST = "analyst", pgettext_lazy("role", "Analyst")
    APPROVER = "approver", pgettext_lazy("role", "Approver")
    AGENCY = "agency", pgettext_lazy("role", "Agency")


_P = Permission
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(_P),
    Role.MANAGER: frozenset(_P) - {_P.OWN},
    Role.EDITOR: frozenset({_P.READ, _P.ANSWER, _P.WRITE, _P.PUBLISH}),
    Role.AGENT: frozenset({_P.READ, _P.ANSWER}),
    Role.ANALYST: frozenset({_P.READ}),
    Role.APPROVER: frozenset({_P.READ, _P.APPROVE}),
    # An agency prepares and answers; whether its work goes out is decided in the house.
    Role.AGENCY: frozenset({_P.READ, _P.ANSWER, _P.WRITE}),
}
