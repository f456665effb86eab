"""Signing in: with a password, slowed down for guessers, with a second factor."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from conftest import PASSWORD
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry

LOGIN = "/account/login/"


def sign_in(client, email, password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def enrol(client, email):
    """Sign in, confirm the password, add an authenticator app; its secret."""
    sign_in(client, email)
    activate = "/account/two-factor/totp/activate/"
    assert client.get(activate).url.startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = client.get(activate).context["form"].secret
    assert client.post(activate, {"code": "000000"}).status_code == 200
    assert client.post(activate, {"code": code_of(secret)}).status_code == 302
    return secret


def code_of(secret):
    """What an authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def is_signed_in(client):
    return client.get("/w/lindner/today/").status_code == 200


def test_a_member_signs_in_and_out(client, agent):
    assert sign_in(client, "Agent@Lindner.example").status_code == 302
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_wrong_passwords_and_unknown_people_look_alike(client, agent):
    known = sign_in(client, agent.user.email, "wrong")
    unknown = sign_in(client, "nobody@lindner.example", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors


def test_guessing_is_slowed_down(client, agent):
    begin = now()
    with time_machine.travel(begin, tick=False):
        for _ in range(5):
            sign_in(client, agent.user.email, "wrong")
        assert sign_in(client, agent.user.email).status_code == 200, "the right password, but too soon"
        assert not is_signed_in(client)
    with time_machine.travel(begin + timedelta(minutes=6), tick=False):
        assert sign_in(client, agent.user.email).status_code == 302
        assert is_signed_in(client)


def test_a_second_factor_is_enrolled_and_then_asked_for(client, agent):
    secret = enrol(client, agent.user.email)
    assert Authenticator.objects.filter(user=agent.user, type="totp").exists()
    client.post("/account/logout/")

    with time_machine.travel(now() + timedelta(minutes=2)):  # a code works once
        response = sign_in(client, agent.user.email)
        assert response.url.startswith("/account/two-factor/authenticate/")
        assert not is_signed_in(client)
        assert client.post(response.url, {"code": "000000"}).status_code == 200
        assert not is_signed_in(client)
        assert client.post(response.url, {"code": code_of(secret)}).status_code == 302
        assert is_signed_in(client)


def test_a_recovery_code_works_once(client, agent):
    enrol(client, agent.user.email)
    recovery = Authenticator.objects.get(user=agent.user, type="recovery_codes").wrap().get_unused_codes()[0]
    for works in (True, False):
        client.post("/account/logout/")
        response = sign_in(client, agent.user.email)
        client.post(response.url, {"code": recovery})
        assert is_signed_in(client) is works


def test_passwords_are_never_in_the_clear(agent):
    assert PASSWORD not in agent.user.password


def test_the_pages_of_the_account_stand_in_our_frame(client, agent):
    sign_in(client, agent.user.email)
    for address in ("/account/two-factor/", "/account/password/change/", "/account/logout/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "css/tokens.css" in page.content.decode(), address


def _link(email: str) -> str:
    out = StringIO()
    call_command("password_link", email, stdout=out)
    return out.getvalue().strip()


def test_a_link_from_the_command_line_sets_a_new_password_once(client, agent):
    address = urlsplit(_link(agent.user.email.upper())).path
    form_page = client.get(address, follow=True)
    form_address = form_page.redirect_chain[-1][0]
    new = "another quiet sentence"
    client.post(form_address, {"password1": new, "password2": new})
    agent.user.refresh_from_db()
    assert agent.user.check_password(new)
    again = Client().get(address, follow=True)
    assert not again.redirect_chain
    entry = Entry.objects.get(action="member.password_link")
    assert (entry.target_name, entry.actor_name) == ("Sven Keller", "")


def test_nobody_gets_a_link_for_an_address_that_is_not_here(db):
    with pytest.raises(CommandError, match="nobody signs in"):
        _link("nobody@lindner.example")


@pytest.mark.parametrize(("backend", "says"), [("dummy", "password_link"), ("locmem", "Send the link")])
def test_the_page_for_a_forgotten_password_promises_what_it_keeps(client, db, settings, backend, says):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    page = client.get("/account/password/reset/", headers={"accept-language": "en"}).content.decode()
    assert says in page
    assert ("<form" in page.partition('class="card entrance"')[2].partition("</main>")[0]) == (
        backend == "locmem"
    )
