"""Debian's chromium for the tests marked `browser`; it reaches this machine only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from resonanz.inbound.conftest import words

__all__ = ["words"]

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member, Workspace
    from resonanz.inbound.conversations.models import Conversation
    from resonanz.inbound.enrichment.tests.cast import Words

CHROMIUM = os.environ.get("RESONANZ_CHROMIUM", "/usr/bin/chromium")
expect.set_options(timeout=20_000)  # a machine may be busy; nothing here waits longer than it must
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The browser's zone and language are none of the company's: nothing may depend on them.
ELSEWHERE = {"timezone_id": "Asia/Tokyo", "locale": "en-US"}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A database file, as in production: in memory, the server's threads would share one connection and collide."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("browser") / "test.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not os.path.exists(CHROMIUM):
        pytest.fail(f"no browser at {CHROMIUM}: apt install chromium, or set RESONANZ_CHROMIUM")
    # Playwright keeps an event loop in this thread; the tests' own queries are still synchronous.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window in Tokyo. Whatever it reports as an error or as a breach of the page's policy fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **ELSEWHERE)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: message.type == "error" and faults.append(message.text))
    yield opened
    context.close()
    # A refused request (409, 422) is told to the console as well; the tests look at those themselves.
    assert not [fault for fault in faults if "Failed to load resource" not in fault]


@pytest.fixture
def open_as(page: Page, live_server: Any) -> Callable[[Member, str], Page]:
    """open_as(agent, "inbox/"): that member's window on a page of their workspace."""

    def opened(member: Member, address: str) -> Page:
        client = Client()
        client.force_login(member.user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/w/{member.workspace.slug}/{address}", wait_until="networkidle")
        return page

    return opened


NAMES = ("Anna Berg", "Ben Roth", "Carla Weiß")


@pytest.fixture
def conversations(workspace: Workspace) -> list[Conversation]:
    """Three people asked something, Carla last."""
    from resonanz.foundation.channels.models import Channel
    from resonanz.foundation.work.engine import perform
    from resonanz.foundation.work.leases import claim
    from resonanz.inbound.conversations.models import Conversation
    from resonanz.inbound.conversations.worker import FILE, find_filing
    from resonanz.inbound.intake.services import store
    from resonanz.kernel.messages import Author, Message, MessageKind, Reference

    channel = Channel.objects.create(
        workspace=workspace,
        network="mastodon",
        server="https://social.example",
        remote_id="us",
        handle="lindner@social.example",
    )
    at = datetime.now(UTC) - timedelta(hours=3)
    store(
        channel,
        [
            Message(
                reference=Reference(f"m{n}"),
                kind=MessageKind.MENTION,
                author=Author(
                    remote_id=f"a{n}", handle=f"{name.split()[0].lower()}@social.example", name=name
                ),
                text=f"When do you open, asks {name}?",
                sent_at=at + timedelta(hours=n),
            )
            for n, name in enumerate(NAMES)
        ],
    )
    find_filing()
    while leases := claim(FILE, "test"):
        perform(leases[0])
    return list(Conversation.objects.order_by("-last_at"))


@pytest.fixture
def understood(conversations: list[Conversation], words: Words) -> list[Conversation]:
    """The same three, read and weighed: each asks something."""
    from resonanz.foundation.work.engine import perform
    from resonanz.foundation.work.leases import claim
    from resonanz.inbound.conversations.worker import WEIGH, find_weighing
    from resonanz.inbound.enrichment.worker import UNDERSTAND, find

    for find_due, kind in ((find, UNDERSTAND), (find_weighing, WEIGH)):
        find_due()
        while leases := claim(kind, "test"):
            perform(leases[0])
    return conversations
