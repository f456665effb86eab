"""Debian's chromium for the tests marked `browser`; it reaches this machine only."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = os.environ.get("RESONANZ_CHROMIUM", "/usr/bin/chromium")
expect.set_options(timeout=20_000)  # a machine may be busy; nothing here waits longer than it must
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The browser's zone and language are none of the company's: nothing may depend on them.
ELSEWHERE = {"timezone_id": "Asia/Tokyo", "locale": "en-US"}


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
