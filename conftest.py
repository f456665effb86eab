"""The fixed cast of every test: a company, one person in each role, an agency, and an outsider with their own company.

def test_agents_answer(agent, outsider): ...        the members themselves
def test_page(client_of, agent): client_of(agent)   a browser in which a member is signed in
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from django.test import Client

    from resonanz.foundation.workspaces.models import Member, Workspace

pytest_plugins = ("tools.pytest_loopback",)

# A loaded machine is slow, which is no fault; a failing example prints how to see it again.
settings.register_profile("resonanz", deadline=None, print_blob=True)
settings.load_profile("resonanz")

PASSWORD = "a quiet sentence about rivers"  # noqa: S105


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> None:
    """Counters of failed sign-ins live in the cache; no test inherits another's."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        from django.core.cache import cache

        cache.clear()


def _colleague(workspace: Workspace, role: str, name: str) -> Member:
    from resonanz.foundation.workspaces.models import Member, User

    user = User.objects.create_user(f"{role}@lindner.example", PASSWORD, name=name, language="en")
    return Member.objects.create(workspace=workspace, user=user, role=role)


@pytest.fixture
def workspace(db: None) -> Workspace:
    """Lindner Maschinenbau, in Berlin's time, still without people."""
    from resonanz.foundation.workspaces.models import Workspace

    return Workspace.objects.create(name="Lindner Maschinenbau", slug="lindner", language="de")


@pytest.fixture
def owner(workspace: Workspace) -> Member:
    return _colleague(workspace, "owner", "Petra Lang")


@pytest.fixture
def manager(workspace: Workspace) -> Member:
    return _colleague(workspace, "manager", "Jonas Brandt")


@pytest.fixture
def editor(workspace: Workspace) -> Member:
    return _colleague(workspace, "editor", "Mira Okafor")


@pytest.fixture
def agent(workspace: Workspace) -> Member:
    return _colleague(workspace, "agent", "Sven Keller")


@pytest.fixture
def analyst(workspace: Workspace) -> Member:
    return _colleague(workspace, "analyst", "Ines Vogt")


@pytest.fixture
def approver(workspace: Workspace) -> Member:
    return _colleague(workspace, "approver", "Dr. Ruth Amann")


@pytest.fixture
def agency(workspace: Workspace) -> Member:
    return _colleague(workspace, "agency", "Studio Nord")


@pytest.fixture
def outsider(db: None) -> Member:
    """The owner of another company: may do everything there and nothing here."""
    from resonanz.foundation.workspaces.models import Member, User, Workspace

    elsewhere = Workspace.objects.create(name="Anderswo", slug="anderswo", language="de")
    user = User.objects.create_user("outsider@anderswo.example", PASSWORD, name="Ole Fremd", language="en")
    return Member.objects.create(workspace=elsewhere, user=user, role="owner")


@pytest.fixture
def client_of() -> Callable[[Member], Client]:
    """client_of(member): a browser in which that member is signed in."""
    from django.test import Client

    def signed_in(member: Member) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return signed_in
