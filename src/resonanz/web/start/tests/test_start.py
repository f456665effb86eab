"""The way in: first page, set-up, invitation, a company of one's own."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from resonanz.foundation.workspaces import queries, services
from resonanz.foundation.workspaces.models import Member, User
from resonanz.foundation.workspaces.setup import set_up_key

ANSWERS = {
    "company": "Lindner Maschinenbau",
    "name": "Petra Lang",
    "email": "petra@lindner.example",
    "password": "a quiet sentence about rivers",
    "timezone": "Europe/Berlin",
}


def test_a_new_installation_offers_to_set_up(client, db):
    page = client.get("/").content.decode()
    assert reverse("start:set_up") in page


def test_set_up_makes_a_company_and_signs_in(client, db):
    response = client.post("/start/", ANSWERS)
    assert response.url == "/w/lindner-maschinenbau/"
    page = client.get(response.url, follow=True)
    assert page.status_code == 200
    assert "Lindner Maschinenbau" in page.content.decode()
    assert Member.objects.get().role == "owner"


def test_set_up_is_over_once_there_is_a_person(client, owner):
    assert client.get("/").url.startswith("/account/login/")
    assert client.post("/start/", ANSWERS).url == "/"
    assert not User.objects.filter(email=ANSWERS["email"]).exists()


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_set_up_refuses_weak_passwords(client, db, password):
    response = client.post("/start/", ANSWERS | {"password": password})
    assert response.status_code == 422
    assert not queries.anybody()


def test_set_up_refuses_a_zone_that_does_not_exist(client, db):
    assert client.post("/start/", ANSWERS | {"timezone": "Europe/Atlantis"}).status_code == 422


def test_strangers_from_elsewhere_need_the_key(client, db):
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert reverse("start:set_up") not in client.get("/", **elsewhere).content.decode()
    assert client.post("/start/", ANSWERS, **elsewhere).status_code == 403
    assert client.post("/", {"key": "wrong"}, **elsewhere).status_code == 403
    assert client.get("/", {"key": set_up_key()}, **elsewhere).status_code == 200  # an address opens nothing
    assert client.post("/start/", ANSWERS, **elsewhere).status_code == 403
    assert client.post("/", {"key": f" {set_up_key()} "}, **elsewhere).status_code == 302
    assert client.post("/start/", ANSWERS, **elsewhere).status_code == 302


def test_a_proxy_on_this_machine_is_not_this_machine(client, db):
    response = client.post("/start/", ANSWERS, headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.status_code == 403


def test_the_first_page_leads_back_to_the_last_workspace(client_of, owner):
    other = services.create_workspace(owner.user, name="Zweite Firma")
    client = client_of(owner)
    assert client.get("/").url == "/w/lindner/"
    client.get(f"/w/{other.workspace.slug}/today/")
    assert client.get("/").url == "/w/zweite-firma/"


def test_somebody_without_a_workspace_may_start_one(client_of, outsider):
    services.delete_workspace(outsider)
    client = client_of(outsider)
    assert client.get("/").url == "/new-company/"
    response = client.post("/new-company/", {"company": "Eigene", "timezone": "Europe/Vienna"})
    assert response.url == "/w/eigene/"


def test_an_invitation_lets_somebody_new_in(client, manager):
    _invitation, token = services.invite(manager, email="neu@lindner.example", role="agent")
    address = reverse("start:join", args=[token])
    assert "Lindner Maschinenbau" in client.get(address).content.decode()
    assert client.post(address, {"name": "Neu", "password": "short"}).status_code == 422
    response = client.post(address, {"name": "Neu", "password": "a quiet sentence about hills"})
    assert response.url == "/w/lindner/"
    assert client.get("/w/lindner/today/").status_code == 200
    assert client.get(address).status_code == 410


def test_an_invitation_for_a_known_person_asks_for_the_sign_in(client, client_of, manager, outsider):
    _invitation, token = services.invite(manager, email=outsider.user.email, role="agency")
    address = reverse("start:join", args=[token])
    assert client.get(address).url.startswith("/account/login/")
    assert client.post(address, {"name": "x", "password": "a quiet sentence about hills"}).url.startswith(
        "/account/"
    )
    assert client_of(outsider).post(address).url == "/w/lindner/"


def test_a_member_who_follows_an_invitation_is_told_so(client_of, manager, agent):
    _invitation, token = services.invite(manager, email="neu@lindner.example", role="editor")
    response = client_of(agent).post(reverse("start:join", args=[token]), follow=True)
    assert response.redirect_chain[0][0] == "/w/lindner/"
    assert services.open_invitation(token)


def test_nobody_signs_up_uninvited(client, owner):
    response = client.post(
        "/account/signup/", {"email": "x@y.example", "password1": "a quiet sentence about hills"}
    )
    assert not User.objects.filter(email="x@y.example").exists()
    assert response.status_code == 200
    cache.clear()


@pytest.mark.parametrize("language", ["de", "en"])
def test_strangers_choose_their_language(client, owner, language):
    response = client.post("/language/", {"language": language, "next": "/account/login/"})
    assert response.url == "/account/login/"
    assert f'lang="{language}"' in client.get("/account/login/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_choices_never_lead_elsewhere(client, db, target):
    assert client.post("/language/", {"language": "en", "next": target}).url == "/"
    assert client.post("/theme/", {"theme": "dark", "next": target}).url == "/"


def test_the_theme_is_there_from_the_first_byte(client, owner):
    client.post("/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/account/login/").content.decode()
    client.post("/theme/", {"theme": "nonsense"})
    assert 'data-theme="dark"' in client.get("/account/login/").content.decode()


@pytest.fixture
def demo_company(monkeypatch):
    """The demo company without its 90 days, which have tests of their own."""
    from resonanz.demo import company

    def build(viewer=None):
        user = viewer or User.objects.create_user("meike@demo.example", None, name="Meike Hansen")
        return services.create_workspace(user, name="Demo", is_demo=True)

    monkeypatch.setattr(company, "_build", build)


def test_a_new_installation_steps_into_the_demo_and_can_still_be_set_up(client, db, demo_company):
    assert client.post("/start/demo/").url == "/w/demo/"
    page = client.get("/w/demo/today/").content.decode()
    assert reverse("start:set_up") in page
    assert not queries.anybody()
    client.logout()
    assert client.post("/start/demo/").url == "/w/demo/", "the same company again"
    assert client.post("/start/", ANSWERS).url == "/w/lindner-maschinenbau/"
    assert queries.anybody()


def test_the_demo_is_forgotten_at_one_click(client, db, demo_company):
    client.post("/start/demo/")
    assert client.post("/w/demo/leave-demo/").url == "/"
    assert client.get("/w/demo/today/").status_code in (302, 404)
    assert not queries.memberships(User.objects.first()).exists()


def test_a_real_company_is_not_forgotten_that_way(client_of, owner):
    assert client_of(owner).post("/w/lindner/leave-demo/").status_code == 403
    assert queries.membership(owner.user, "lindner")


def test_strangers_do_not_build_demos_on_an_installation_that_belongs_to_somebody(
    client, owner, demo_company
):
    assert client.post("/start/demo/").status_code == 403


def test_somebody_signed_in_looks_around_as_themselves(client_of, owner, demo_company):
    client = client_of(owner)
    assert client.post("/start/demo/").url == "/w/demo/"
    assert queries.membership(owner.user, "demo").role == "owner"
