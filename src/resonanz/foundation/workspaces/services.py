"""What can be done to a workspace, its people and departments: each checks permission, changes, and is audited."""

from __future__ import annotations

import hashlib
import secrets

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces import queries
from resonanz.foundation.workspaces.models import Department, Invitation, Member, User, Workspace
from resonanz.foundation.workspaces.roles import Permission, Role

DEPARTMENTS = {
    "de": ("Marketing", "Vertrieb", "Kundendienst", "Personal"),
    "en": ("Marketing", "Sales", "Service", "People"),
}


class Refused(Exception):
    """A rule of the workspace forbids it. `code` is one of last_owner, already_member, not_open,
    sign_in_first, name_taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# The company


_SPELLED = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def _free_slug(name: str) -> str:
    spelled = name.casefold().translate(_SPELLED)
    base = slugify(spelled)[:50] or "workspace"
    slug, number = base, 1
    while Workspace.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def create_workspace(
    user: User, *, name: str, timezone: str = "Europe/Berlin", language: str = "de", is_demo: bool = False
) -> Member:
    """A new workspace with usual departments; `user` is its owner and the returned member."""
    workspace = Workspace.objects.create(
        name=name, slug=_free_slug(name), timezone=timezone, language=language, is_demo=is_demo
    )
    names = DEPARTMENTS.get(language, DEPARTMENTS["en"])
    Department.objects.bulk_create(Department(workspace=workspace, name=n) for n in names)
    owner = Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    record(actor=owner, action="workspace.created", target=workspace, before={}, after={"name": name})
    return owner


@transaction.atomic
def set_up(
    *, company: str, name: str, email: str, password: str, language: str, timezone: str = "Europe/Berlin"
) -> Member:
    """The first person and the first company of an installation. Raises PermissionDenied once there is a person."""
    if queries.anybody():
        raise PermissionDenied("set_up")
    user = User.objects.create_user(email, password, name=name, language=language)
    return create_workspace(user, name=company, timezone=timezone, language=language)


@transaction.atomic
def update_workspace(actor: Member, *, name: str, timezone: str, language: str) -> Workspace:
    actor.require(Permission.MANAGE)
    workspace = actor.workspace
    before = {"name": workspace.name, "timezone": workspace.timezone, "language": workspace.language}
    after = {"name": name, "timezone": timezone, "language": language}
    if before != after:
        workspace.name, workspace.timezone, workspace.language = name, timezone, language
        workspace.save(update_fields=list(after))
        record(actor=actor, action="workspace.changed", target=workspace, before=before, after=after)
    return workspace


@transaction.atomic
def set_retention(actor: Member, days: int | None) -> None:
    """How long what was said in finished conversations is kept (None: for ever). Erasing begins a day later."""
    actor.require(Permission.MANAGE)
    workspace = Workspace.objects.select_for_update().get(pk=actor.workspace_id)
    before = {"retention_days": workspace.retention_days}
    if before["retention_days"] != days:
        Workspace.objects.filter(pk=workspace.pk).update(retention_days=days)
        record(
            actor=actor,
            action="workspace.changed",
            target=workspace,
            before=before,
            after={"retention_days": days},
        )


@transaction.atomic
def delete_workspace(actor: Member) -> None:
    """Delete the company with everything in it."""
    actor.require(Permission.OWN)
    actor.workspace.delete()


# The person


@transaction.atomic
def allow_new_password(email: str) -> User:
    """Whoever runs the installation lets this person set a new password; every workspace of theirs can see that.

    Raises Refused("unknown").
    """
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise Refused("unknown")
    for member in user.memberships.select_related("workspace"):
        record(actor=None, workspace=member.workspace, action="member.password_link", target=member)
    return user


def update_profile(user: User, *, name: str | None = None, language: str | None = None) -> User:
    """A person's own name and language; nobody else may change them."""
    if name is not None:
        user.name = name
    if language is not None:
        user.language = language
    user.save(update_fields=["name", "language"])
    return user


# People and roles


def _lock(workspace: Workspace) -> None:
    """Let one change of people happen at a time, so that two owners cannot leave in the same moment."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)


def _require_right_over(actor: Member, *roles: str) -> None:
    """Managers handle everybody but owners."""
    actor.require(Permission.OWN if Role.OWNER in roles else Permission.MANAGE)


def _require_other_owner(member: Member) -> None:
    others = Member.objects.filter(workspace=member.workspace, role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise Refused("last_owner")


def _member_of(actor: Member, member_id: int) -> Member:
    """A colleague by id. Raises Member.DoesNotExist for people of other workspaces."""
    return Member.objects.select_related("user", "workspace").get(workspace=actor.workspace, pk=member_id)


def add_member(actor: Member, user: User, role: str, department: Department | None = None) -> Member:
    """Make an existing user a member. Raises Refused("already_member")."""
    _require_right_over(actor, role)
    return _join(actor.workspace, user, role, department, actor)


def _join(
    workspace: Workspace, user: User, role: str, department: Department | None, actor: Member | None = None
) -> Member:
    """Make `user` a member; without an actor it is their own doing."""
    try:
        with transaction.atomic():
            member = Member.objects.create(workspace=workspace, user=user, role=role, department=department)
    except IntegrityError:
        raise Refused("already_member") from None
    after = {"email": user.email, "role": role}
    record(
        actor=actor or member, action="member.added" if actor else "member.joined", target=member, after=after
    )
    return member


@transaction.atomic
def change_role(actor: Member, member_id: int, role: str) -> Member:
    """Raises Refused("last_owner") where nobody would own the workspace any more."""
    _lock(actor.workspace)
    member = _member_of(actor, member_id)
    _require_right_over(actor, member.role, role)
    before = member.role
    if before == role:
        return member
    _require_other_owner(member)
    member.role = Role(role)
    member.save(update_fields=["role"])
    record(
        actor=actor,
        action="member.role_changed",
        target=member,
        before={"role": before},
        after={"role": role},
    )
    return member


@transaction.atomic
def change_department(actor: Member, member_id: int, department_id: int | None) -> Member:
    actor.require(Permission.MANAGE)
    member = _member_of(actor, member_id)
    department = actor.workspace.departments.get(pk=department_id) if department_id else None
    before = {"department": member.department.name if member.department else None}
    member.department = department
    member.save(update_fields=["department"])
    after = {"department": department.name if department else None}
    if before != after:
        record(actor=actor, action="member.department_changed", target=member, before=before, after=after)
    return member


@transaction.atomic
def remove_member(actor: Member, member_id: int) -> None:
    """Take a colleague out of the workspace, or leave it oneself. Raises Refused("last_owner")."""
    _lock(actor.workspace)
    member = _member_of(actor, member_id)
    if member.pk != actor.pk:
        _require_right_over(actor, member.role)
    _require_other_owner(member)
    record(
        actor=actor,
        action="member.removed",
        target=member,
        before={"email": member.user.email, "role": member.role},
        after={},
    )
    member.delete()


# Invitations


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    actor: Member, *, email: str, role: str, department: Department | None = None
) -> tuple[Invitation, str]:
    """An invitation and its token, shown only now. Inviting an address again replaces its link.

    Raises Refused("already_member").
    """
    _require_right_over(actor, role)
    email = email.strip().lower()
    if Member.objects.filter(workspace=actor.workspace, user__email=email).exists():
        raise Refused("already_member")
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(workspace=actor.workspace, email=email).delete()
    invitation = Invitation.objects.create(
        workspace=actor.workspace,
        email=email,
        role=role,
        department=department,
        token_hash=_hash(token),
        invited_by=actor.user,
    )
    record(
        actor=actor,
        action="member.invited",
        target=invitation,
        before={},
        after={"email": email, "role": role},
    )
    return invitation, token


@transaction.atomic
def withdraw_invitation(actor: Member, invitation_id: int) -> None:
    actor.require(Permission.MANAGE)
    invitation = Invitation.objects.get(workspace=actor.workspace, pk=invitation_id)
    record(
        actor=actor,
        action="invitation.withdrawn",
        target=invitation,
        before={"email": invitation.email},
        after={},
    )
    invitation.delete()


def open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, if it still holds."""
    found = Invitation.objects.select_related("workspace", "invited_by").filter(token_hash=_hash(token))
    return found.filter(expires_at__gt=now()).first()


@transaction.atomic
def accept_invitation(token: str, user: User) -> Member:
    """`user` joins with the invited role. Raises Refused("not_open") or Refused("already_member")."""
    invitation = open_invitation(token)
    # Deleting decides: of two clicks on the same link only one finds the row.
    if invitation is None or not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise Refused("not_open")
    return _join(invitation.workspace, user, invitation.role, invitation.department)


@transaction.atomic
def accept_as_new_person(token: str, *, name: str, password: str, language: str) -> Member:
    """Somebody who has no sign-in yet joins; the address is the invited one."""
    invitation = open_invitation(token)
    if invitation is None:
        raise Refused("not_open")
    if User.objects.filter(email=invitation.email).exists():
        raise Refused("sign_in_first")
    user = User.objects.create_user(invitation.email, password, name=name, language=language)
    return accept_invitation(token, user)


# Departments


@transaction.atomic
def add_department(actor: Member, name: str) -> Department:
    """Raises Refused("name_taken")."""
    actor.require(Permission.MANAGE)
    department, is_new = Department.objects.get_or_create(workspace=actor.workspace, name=name.strip())
    if not is_new:
        raise Refused("name_taken")
    record(
        actor=actor, action="department.added", target=department, before={}, after={"name": department.name}
    )
    return department


@transaction.atomic
def rename_department(actor: Member, department_id: int, name: str) -> Department:
    """Raises Refused("name_taken")."""
    actor.require(Permission.MANAGE)
    department = actor.workspace.departments.get(pk=department_id)
    before, department.name = department.name, name.strip()
    if actor.workspace.departments.filter(name=department.name).exclude(pk=department.pk).exists():
        raise Refused("name_taken")
    department.save(update_fields=["name"])
    record(
        actor=actor,
        action="department.renamed",
        target=department,
        before={"name": before},
        after={"name": department.name},
    )
    return department


@transaction.atomic
def remove_department(actor: Member, department_id: int) -> None:
    """Its people stay, without a department."""
    actor.require(Permission.MANAGE)
    department = actor.workspace.departments.get(pk=department_id)
    record(
        actor=actor,
        action="department.removed",
        target=department,
        before={"name": department.name},
        after={},
    )
    department.delete()
