"""Users, workspaces and who belongs to which in what role."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.timezone import now

from resonanz.foundation.workspaces.roles import PERMISSIONS, Permission, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="de")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):
    """One company, or one client of an agency."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60)
    timezone = models.CharField(max_length=64, default="Europe/Berlin")
    language = models.CharField(max_length=8, default="de")
    is_demo = models.BooleanField(default=False)
    # After so many days what was said in conversations that are done is erased; null: never. See inbound/privacy.
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Department(models.Model):
    """Marketing, sales, HR, service …: who a conversation belongs to before a person takes it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="departments")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="one_department_of_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A user in a workspace, with a role: the actor every service is called by."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.EDITOR)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="members")
    joined_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "user"), name="one_membership_each"),)

    def __str__(self) -> str:
        return str(self.user)

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS.get(self.role, frozenset())

    def require(self, permission: Permission) -> None:
        """Raise PermissionDenied unless this member may."""
        if not self.may(permission):
            raise PermissionDenied(permission.value)


INVITATION_LASTS = timedelta(days=14)


def invitation_end() -> datetime:
    return now() + INVITATION_LASTS


class Invitation(models.Model):
    """A person who may join; whoever has the link may take it, once. Only the token's hash is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role.choices)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(default=invitation_end)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "email"), name="one_invitation_each"),)

    def __str__(self) -> str:
        return self.email
