"""The shell around the pages: rail, Ctrl-K, messages after fragments, headers, the installable app."""

from __future__ import annotations

import re

import pytest

from resonanz.web import places

HTMX = {"HX-Request": "true"}


def test_the_rail_shows_the_places_in_order_and_marks_the_current_one(client_of, owner):
    page = client_of(owner).get("/w/lindner/settings/").content.decode()
    rail = page[page.index('class="rail"') : page.index('class="stage"')]
    keys = re.findall(r'href="/w/lindner/(\w+)/"', rail)
    assert keys == [c.place.key for c in places.place_configs()]
    assert keys[0] == "today"
    assert keys[-1] == "settings"
    assert rail.count('aria-current="page"') == 1


def test_at_most_eight_places_stand_in_the_rail():
    assert sum(c.place.in_rail for c in places.place_configs()) <= 8


def test_every_place_has_a_page(client_of, owner):
    client = client_of(owner)
    for config in places.place_configs():
        assert client.get(f"/w/lindner/{config.place.key}/").status_code == 200, config.name


@pytest.mark.parametrize("typed", ["inv", "mitgl", "rollen", "people rol", "PERSONEN"])
def test_commands_are_found_in_either_language(client_of, owner, typed):
    page = client_of(owner).get("/w/lindner/commands/", {"q": typed}).content.decode()
    assert "/w/lindner/settings/people/" in page


def test_ctrl_k_finds_people_and_says_when_it_finds_nothing(client_of, owner, agent):
    client = client_of(owner)
    assert "Sven Keller" in client.get("/w/lindner/commands/", {"q": "sven"}).content.decode()
    page = client.get("/w/lindner/commands/", {"q": '<b>"x"</b>'}).content.decode()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_ctrl_k_finds_nothing_of_other_companies(client_of, owner, outsider):
    assert "Ole Fremd" not in client_of(owner).get("/w/lindner/commands/", {"q": "ole"}).content.decode()


@pytest.mark.parametrize(
    ("page", "name"),
    [("commands/", "q"), ("plan/ledger/", "q"), ("inbox/", "q"), ("settings/audit/", "page")],
)
def test_no_nul_comes_in_with_an_address(client_of, owner, page, name):
    response = client_of(owner).get(f"/w/lindner/{page}", {name: "a\0b"})
    assert response.status_code == 200
    assert "\0" not in "".join(response.wsgi_request.GET.values())


def test_no_nul_comes_in_with_a_form(client_of, owner):
    values = {"name": "Lind\0ner", "timezone": "Europe/Berlin", "language": "de"}
    client_of(owner).post("/w/lindner/settings/", values)
    owner.workspace.refresh_from_db()
    assert owner.workspace.name == "Lindner"


def test_a_message_reaches_the_page_after_a_fragment(client_of, owner):
    client = client_of(owner)
    values = {"name": "Lindner", "timezone": "Europe/Berlin", "language": "de"}
    client.post("/w/lindner/settings/", values)
    fragment = client.get("/w/lindner/commands/", headers=HTMX).content.decode()
    assert 'hx-swap-oob="beforeend:#messages"' in fragment
    assert "Saved." in fragment
    assert "Saved." not in client.get("/w/lindner/commands/", headers=HTMX).content.decode(), "once"


def test_fragments_without_a_message_stay_as_they_are(client_of, owner):
    assert "hx-swap-oob" not in client_of(owner).get("/w/lindner/commands/", headers=HTMX).content.decode()


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(client_of, owner):
    response = client_of(owner).get("/w/lindner/today/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_every_address_of_a_page_is_our_own(client_of, owner):
    page = client_of(owner).get("/w/lindner/today/").content.decode()
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", page)


def test_the_app_can_be_installed(client, db):
    manifest = client.get("/app.webmanifest").json()
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        response = client.get(icon["src"])
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")
        response.close()


def test_the_checklist_can_be_hidden(client_of, owner):
    client = client_of(owner)
    assert "Get started" in client.get("/w/lindner/today/").content.decode()
    client.post("/w/lindner/today/checklist/")
    assert "Get started" not in client.get("/w/lindner/today/").content.decode()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_missing_page_is_answered_calmly(client_of, owner, language):
    owner.user.language = language
    owner.user.save()
    response = client_of(owner).get("/w/unknown/")
    assert response.status_code == 404
    says = {"de": "Diese Seite gibt es nicht", "en": "This page does not exist"}[language]
    assert says in response.content.decode()


def test_a_fault_of_ours_shows_no_stack_trace(client_of, owner, monkeypatch):
    def broken(member):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(places, "sections", broken)
    client = client_of(owner)
    client.raise_request_exception = False
    response = client.get("/w/lindner/today/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "A fault on our side" in page
    assert "secret detail" not in page


def test_a_foreign_host_is_answered_calmly(client, db):
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "RESONANZ_URL" in response.content.decode()


def test_forms_without_our_token_are_refused_calmly(owner):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    response = client.post("/w/lindner/settings/", {"name": "x"})
    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()
