"""What may be done to workspaces and people, by whom; and that each of it is in the audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit import queries as audit
from resonanz.foundation.workspaces import queries, services
from resonanz.foundation.workspaces.models import INVITATION_LASTS, Invitation, Member, User, Workspace
from resonanz.foundation.workspaces.roles import Role
from resonanz.foundation.workspaces.services import Refused


def actions(workspace):
    return [entry.action for entry in audit.entries(workspace)]


def test_the_first_person_owns_the_first_company(db):
    owner = services.set_up(
        company="Weiß & Söhne", name="Eva Weiß", email="Eva@Weiss.example", password="x" * 12, language="de"
    )
    assert owner.role == Role.OWNER
    assert owner.workspace.slug == "weiss-soehne"
    assert owner.user.email == "eva@weiss.example"
    assert owner.user.check_password("x" * 12)
    assert {d.name for d in queries.departments(owner.workspace)} == set(services.DEPARTMENTS["de"])
    assert actions(owner.workspace) == ["workspace.created"]


def test_set_up_works_once(owner):
    with pytest.raises(PermissionDenied):
        services.set_up(company="Second", name="x", email="x@y.example", password="x" * 12, language="de")


def test_two_companies_of_a_name_get_two_addresses(owner):
    slugs = [services.create_workspace(owner.user, name="Müller GmbH").workspace.slug for _ in range(3)]
    assert slugs == ["mueller-gmbh", "mueller-gmbh-2", "mueller-gmbh-3"]


def test_managers_change_the_company_and_it_is_recorded(manager):
    services.update_workspace(manager, name="Lindner AG", timezone="Europe/Vienna", language="en")
    workspace = Workspace.objects.get(pk=manager.workspace.pk)
    assert (workspace.name, workspace.timezone, workspace.language) == ("Lindner AG", "Europe/Vienna", "en")
    entry = audit.entries(workspace)[0]
    assert entry.changes["timezone"] == ["Europe/Berlin", "Europe/Vienna"]


def test_nothing_changed_is_nothing_recorded(manager):
    w = manager.workspace
    services.update_workspace(manager, name=w.name, timezone=w.timezone, language=w.language)
    assert actions(w) == []


@pytest.mark.parametrize("role", ["editor", "agent", "analyst", "approver", "agency"])
def test_others_manage_nothing(role, request, owner):
    member = request.getfixturevalue(role)
    attempts = [
        lambda: services.update_workspace(member, name="x", timezone="UTC", language="en"),
        lambda: services.invite(member, email="new@x.example", role=Role.AGENT),
        lambda: services.change_role(member, member.pk, Role.MANAGER),
        lambda: services.change_department(member, member.pk, None),
        lambda: services.remove_member(member, owner.pk),
        lambda: services.add_department(member, "x"),
        lambda: services.delete_workspace(member),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert actions(member.workspace) == []


def test_managers_neither_make_nor_unmake_owners(manager, owner, editor):
    with pytest.raises(PermissionDenied):
        services.change_role(manager, editor.pk, Role.OWNER)
    with pytest.raises(PermissionDenied):
        services.change_role(manager, owner.pk, Role.EDITOR)
    with pytest.raises(PermissionDenied):
        services.remove_member(manager, owner.pk)
    with pytest.raises(PermissionDenied):
        services.invite(manager, email="new@x.example", role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        services.delete_workspace(manager)


def test_a_role_changes_with_before_and_after(owner, agent):
    services.change_role(owner, agent.pk, Role.EDITOR)
    agent.refresh_from_db()
    assert agent.role == Role.EDITOR
    assert audit.entries(owner.workspace)[0].changes == {"role": ["agent", "editor"]}


def test_somebody_always_owns_the_workspace(owner, manager):
    with pytest.raises(Refused, match="last_owner"):
        services.change_role(owner, owner.pk, Role.EDITOR)
    with pytest.raises(Refused, match="last_owner"):
        services.remove_member(owner, owner.pk)
    services.change_role(owner, manager.pk, Role.OWNER)
    services.remove_member(owner, owner.pk)
    assert not Member.objects.filter(pk=owner.pk).exists()


def test_members_may_leave_by_themselves(analyst, owner):
    services.remove_member(analyst, analyst.pk)
    assert actions(owner.workspace) == ["member.removed"]
    assert User.objects.filter(email="analyst@lindner.example").exists()


def test_people_of_other_companies_are_out_of_reach(owner, outsider):
    for attempt in (
        lambda: services.change_role(owner, outsider.pk, Role.AGENT),
        lambda: services.remove_member(owner, outsider.pk),
        lambda: services.change_department(owner, outsider.pk, None),
    ):
        with pytest.raises(ObjectDoesNotExist):
            attempt()


def test_departments_of_other_companies_are_out_of_reach(owner, outsider, agent):
    foreign = services.add_department(outsider, "Elsewhere")
    for attempt in (
        lambda: services.change_department(owner, agent.pk, foreign.pk),
        lambda: services.rename_department(owner, foreign.pk, "Mine"),
        lambda: services.remove_department(owner, foreign.pk),
    ):
        with pytest.raises(ObjectDoesNotExist):
            attempt()


def test_departments_have_one_name_each(owner, agent):
    service = services.add_department(owner, " Service ")
    assert service.name == "Service"
    with pytest.raises(Refused, match="name_taken"):
        services.add_department(owner, "Service")
    services.change_department(owner, agent.pk, service.pk)
    services.rename_department(owner, service.pk, "Care")
    services.remove_department(owner, service.pk)
    agent.refresh_from_db()
    assert agent.department is None
    assert actions(owner.workspace) == [
        "department.removed",
        "department.renamed",
        "member.department_changed",
        "department.added",
    ]


def test_an_invitation_lets_a_new_person_in_once(manager):
    _invitation, token = services.invite(manager, email="New@X.example", role=Role.AGENT)
    assert token not in str(Invitation.objects.values().get())
    member = services.accept_as_new_person(token, name="Neu", password="y" * 12, language="de")
    assert (member.role, member.user.email, member.workspace) == (
        Role.AGENT,
        "new@x.example",
        manager.workspace,
    )
    with pytest.raises(Refused, match="not_open"):
        services.accept_as_new_person(token, name="Neu", password="y" * 12, language="de")


def test_an_invitation_lets_a_known_person_in(manager, outsider):
    _invitation, token = services.invite(manager, email=outsider.user.email, role=Role.AGENCY)
    with pytest.raises(Refused, match="sign_in_first"):
        services.accept_as_new_person(token, name="x", password="y" * 12, language="de")
    member = services.accept_invitation(token, outsider.user)
    assert member.role == Role.AGENCY
    assert [m.workspace.slug for m in queries.memberships(outsider.user)] == ["anderswo", "lindner"]


def test_an_invitation_ends_after_two_weeks(manager):
    _invitation, token = services.invite(manager, email="new@x.example", role=Role.AGENT)
    with time_machine.travel(now() + INVITATION_LASTS - timedelta(minutes=1)):
        assert services.open_invitation(token)
    with time_machine.travel(now() + INVITATION_LASTS + timedelta(minutes=1)):
        assert services.open_invitation(token) is None
        assert not queries.invitations(manager.workspace)


def test_inviting_again_replaces_the_link(manager):
    _first, old = services.invite(manager, email="new@x.example", role=Role.AGENT)
    _second, new = services.invite(manager, email="new@x.example", role=Role.EDITOR)
    assert services.open_invitation(old) is None
    assert services.open_invitation(new).role == Role.EDITOR


def test_a_withdrawn_invitation_opens_nothing(manager):
    invitation, token = services.invite(manager, email="new@x.example", role=Role.AGENT)
    services.withdraw_invitation(manager, invitation.pk)
    with pytest.raises(Refused, match="not_open"):
        services.accept_as_new_person(token, name="Neu", password="y" * 12, language="de")


def test_members_are_not_invited_again(manager, agent):
    with pytest.raises(Refused, match="already_member"):
        services.invite(manager, email=agent.user.email, role=Role.EDITOR)


def test_a_failed_join_leaves_the_invitation_open(manager, agent, outsider):
    _invitation, token = services.invite(manager, email="new@x.example", role=Role.AGENT)
    with pytest.raises(Refused, match="already_member"):
        services.accept_invitation(token, agent.user)
    assert services.open_invitation(token)


def test_deleting_a_company_takes_everything_along(owner, agent, outsider):
    services.delete_workspace(owner)
    assert not Workspace.objects.filter(slug="lindner").exists()
    assert not Member.objects.filter(user=agent.user).exists()
    assert Workspace.objects.filter(slug="anderswo").exists()
