"""Reading workspaces: who belongs where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q, QuerySet
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Department, Invitation, Member, User, Workspace


def anybody() -> bool:
    """Whether this installation belongs to somebody: the invented people of the demo company do not count."""
    is_invented = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    in_real_company = Q(memberships__workspace__is_demo=False)
    return User.objects.filter(~is_invented | in_real_company).exists()


def person(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def membership(user: Any, slug: str) -> Member | None:
    """The member that `user` is in the workspace `slug`; None for outsiders and unknown workspaces alike."""
    found = Member.objects.filter(user=user, workspace__slug=slug)
    return found.select_related("workspace", "user", "department").first()


def memberships(user: Any) -> QuerySet[Member]:
    """Everywhere a person belongs, by the company's name."""
    return Member.objects.filter(user=user).select_related("workspace").order_by("workspace__name", "pk")


def members(workspace: Workspace) -> QuerySet[Member]:
    """The people of a workspace, by name."""
    found = Member.objects.filter(workspace=workspace)
    return found.select_related("user", "department").order_by("user__name", "user__email")


def invitations(workspace: Workspace) -> QuerySet[Invitation]:
    """Open invitations, newest first."""
    found = Invitation.objects.filter(workspace=workspace, expires_at__gt=now())
    return found.select_related("department", "invited_by").order_by("-created_at")


def departments(workspace: Workspace) -> QuerySet[Department]:
    """The departments with `people`, the number of members in each."""
    return Department.objects.filter(workspace=workspace).annotate(people=Count("members"))
