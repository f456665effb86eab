"""Signing in: with a password, slowed down for guessers, with a second factor."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from conftest import PASSWORD
from django.utils.timezone import now

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
