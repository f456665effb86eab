"""The settings pages: what each role sees and does there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import mail

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.workspaces import queries, services
from resonanz.foundation.workspaces.models import Workspace
from resonanz.web.settings import sentences

S = "/w/lindner/settings/"
ALL_ROLES = ("owner", "manager", "editor", "agent", "analyst", "approver", "agency")


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("page", ["", "people/", "departments/", "profile/", "security/"])
def test_every_member_may_read_the_settings(role, page, request, client_of):
    assert client_of(request.getfixturevalue(role)).get(S + page).status_code == 200


@pytest.mark.parametrize("role", ALL_ROLES)
def test_the_audit_trail_is_for_those_who_manage(role, request, client_of):
    expected = 200 if role in ("owner", "manager") else 403
    assert client_of(request.getfixturevalue(role)).get(S + "audit/").status_code == expected


def test_a_refusal_says_what_is_missing(client_of, agent):
    page = client_of(agent).get(S + "audit/").content.decode()
    assert "right to manage people and settings" in page
    assert "Nothing was changed" in page


def test_the_company_is_changed(client_of, manager):
    values = {"name": "Lindner AG", "timezone": "Europe/Zurich", "language": "de"}
    response = client_of(manager).post(S, values, follow=True)
    assert "Lindner AG" in response.content.decode()
    assert Workspace.objects.get(slug="lindner").timezone == "Europe/Zurich"


def test_others_do_not_change_the_company(client_of, editor):
    values = {"name": "Mine", "timezone": "Europe/Zurich", "language": "de"}
    assert client_of(editor).post(S, values).status_code == 403
    assert Workspace.objects.get(slug="lindner").name == "Lindner Maschinenbau"


def test_a_broken_form_is_shown_again_with_422(client_of, manager):
    response = client_of(manager).post(S, {"name": "", "timezone": "x", "language": "xx"})
    assert response.status_code == 422
    assert response.content.decode().count("errorlist") == 3


def test_the_profile_changes_the_language_at_once(client_of, agent):
    response = client_of(agent).post(S + "profile/", {"name": "Sven K.", "language": "de"}, follow=True)
    page = response.content.decode()
    assert 'lang="de"' in page
    assert "Gespeichert." in page


def test_an_invitation_is_shown_once_and_mailed(client_of, manager, settings):
    client = client_of(manager)
    response = client.post(
        S + "people/invite/", {"email": "neu@x.example", "role": "agent", "department": ""}
    )
    address = re.search(r'value="(http[^"]+/join/[^"]+)"', response.content.decode())[1]
    assert address.startswith(settings.BASE_URL)
    assert address in mail.outbox[0].body
    assert "Guten Tag" in mail.outbox[0].body, "in the company's language"
    assert address not in client.get(S + "people/").content.decode()


def test_without_a_mail_server_the_link_is_handed_over(client_of, manager, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = client_of(manager).post(S + "people/invite/", {"email": "neu@x.example", "role": "agent"})
    assert "Hand over this link" in page.content.decode()


def test_managers_cannot_even_choose_the_owners_role(client_of, manager):
    response = client_of(manager).post(S + "people/invite/", {"email": "neu@x.example", "role": "owner"})
    assert response.status_code == 422
    assert not queries.invitations(manager.workspace)


def test_inviting_a_member_is_answered_at_the_field(client_of, manager, agent):
    response = client_of(manager).post(S + "people/invite/", {"email": agent.user.email, "role": "editor"})
    assert response.status_code == 422
    assert "member already" in response.content.decode()


def test_roles_and_departments_change_from_the_list(client_of, owner, agent):
    department = services.add_department(owner, "Service")
    client = client_of(owner)
    client.post(f"{S}people/{agent.pk}/", {"role": "editor", "department": str(department.pk)})
    agent.refresh_from_db()
    assert (agent.role, agent.department) == ("editor", department)
    assert client.post(f"{S}people/{agent.pk}/", {"role": "emperor"}).status_code == 404
    assert client.post(f"{S}people/{agent.pk}/", {"department": "999999"}).status_code == 404


def test_the_last_owner_stays(client_of, owner):
    page = client_of(owner).post(f"{S}people/{owner.pk}/remove/", follow=True).content.decode()
    assert "Somebody must own the workspace" in page
    assert queries.membership(owner.user, "lindner")


def test_whoever_leaves_is_out(client_of, agent):
    client = client_of(agent)
    assert client.post(f"{S}people/{agent.pk}/remove/").url == "/"
    assert client.get("/w/lindner/today/").status_code == 404


def test_people_of_other_companies_are_not_found(client_of, owner, outsider):
    client = client_of(owner)
    assert client.post(f"{S}people/{outsider.pk}/", {"role": "agent"}).status_code == 404
    assert client.post(f"{S}people/{outsider.pk}/remove/").status_code == 404
    assert client.post(f"{S}invitations/999999/withdraw/").status_code == 404
    assert client.post(f"{S}departments/999999/", {"name": "x"}).status_code == 404


def test_departments_are_added_renamed_and_removed(client_of, manager):
    client = client_of(manager)
    client.post(S + "departments/", {"name": "Service"})
    assert client.post(S + "departments/", {"name": "Service"}).status_code == 422
    department = queries.departments(manager.workspace).get()
    client.post(f"{S}departments/{department.pk}/", {"name": "Care"})
    assert queries.departments(manager.workspace).get().name == "Care"
    client.post(f"{S}departments/{department.pk}/", {"name": "Care", "remove": "yes"})
    assert not queries.departments(manager.workspace)


def test_every_action_of_the_audit_trail_has_a_sentence():
    source = Path(sentences.__file__).parents[2]
    written = "\n".join(path.read_text() for path in source.rglob("*.py") if "tests" not in path.parts)
    near_record = r"(?:action=|record\(|_change\(|_each\(|_set_state\(|_set_archived\()[^)]{0,120}?"
    used = set(re.findall(near_record + r'"([a-z]+\.[a-z_]+)"', written, re.DOTALL))
    assert len(used) > 35, "the expression finds what is written"
    assert used - sentences.ACTIONS.keys() == set()


def test_the_audit_trail_says_who_did_what(client_of, owner, agent):
    services.change_role(owner, agent.pk, "editor")
    page = client_of(owner).get(S + "audit/").content.decode()
    assert "changed the role of Sven Keller" in page
    assert "agent</s> → editor" in page


def test_the_seals_are_checked_on_the_page(client_of, owner, agent):
    services.change_role(owner, agent.pk, "editor")
    services.change_role(owner, agent.pk, "agent")
    client = client_of(owner)
    assert "2 entries checked" in client.post(S + "audit/verify/").content.decode()
    Entry.objects.filter(number=1).update(actor_name="Somebody else")
    assert "breaks at entry 1" in client.post(S + "audit/verify/").content.decode()


def test_a_company_is_deleted_after_its_name_was_typed(client_of, owner, manager):
    assert client_of(manager).get(S + "delete/").status_code == 403
    client = client_of(owner)
    assert client.post(S + "delete/", {"name": "lindner"}).status_code == 422
    assert client.post(S + "delete/", {"name": "Lindner Maschinenbau"}).url == "/"
    assert not Workspace.objects.filter(slug="lindner").exists()
