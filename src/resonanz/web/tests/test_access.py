"""Who may open the pages of a workspace: every registered address, tried by outsiders and strangers."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, UUIDConverter

EXAMPLES = {IntConverter: "1", SlugConverter: "x", UUIDConverter: "00000000-0000-0000-0000-000000000001"}


def addresses(patterns, prefix="", converters=None):
    """Every address of the product that begins with /w/<slug>/, with examples for its other parts."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        known = (converters or {}) | pattern.pattern.converters
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route, known)
        elif isinstance(pattern, URLPattern) and route.startswith("w/<slug:slug>/"):
            for name, converter in known.items():
                value = "lindner" if name == "slug" else EXAMPLES.get(type(converter), "x")
                route = _filled(route, name, value)
            yield "/" + route


def _filled(route, name, value):
    for start in range(len(route)):
        if route[start] == "<":
            end = route.index(">", start)
            if route[start + 1 : end].split(":")[-1] == name:
                return _filled(route[:start] + value + route[end + 1 :], name, value)
    return route


ALL = sorted(set(addresses(get_resolver().url_patterns)))


def test_the_walk_finds_the_pages():
    assert "/w/lindner/today/" in ALL
    assert "/w/lindner/settings/" in ALL
    assert not [a for a in ALL if "<" in a]


@pytest.mark.parametrize("address", ALL)
def test_an_outsider_finds_nothing(address, owner, outsider, client_of):
    for method in ("get", "post"):
        response = getattr(client_of(outsider), method)(address)
        assert response.status_code in (404, 405), (method, response.status_code)
    unknown = address.replace("/w/lindner/", "/w/unknown/")
    assert client_of(outsider).get(unknown).status_code in (404, 405)


@pytest.mark.parametrize("address", ALL)
def test_a_stranger_is_sent_to_the_sign_in(address, owner, client):
    for method in ("get", "post"):
        response = getattr(client, method)(address)
        if response.status_code == 405:
            continue
        assert response.status_code == 302
        assert response.url.startswith("/account/login/?next=")


def test_a_fragment_sends_the_whole_page_to_the_sign_in(owner, client):
    response = client.get("/w/lindner/commands/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith("/account/login/")


def test_pages_speak_the_persons_language(owner, client_of):
    assert 'lang="en"' in client_of(owner).get("/w/lindner/today/").content.decode()
    owner.user.language = "de"
    owner.user.save()
    assert 'lang="de"' in client_of(owner).get("/w/lindner/today/").content.decode()
