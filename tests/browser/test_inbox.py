"""The inbox as a person uses it: by keyboard, in three panes, one at a time on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from resonanz.inbound.conversations.models import Conversation, Note
from resonanz.outbound.publishing.models import Publication

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_by_keyboard_from_the_list_to_an_answer(open_as, agent, conversations):
    page = open_as(agent, "inbox/")
    expect(page.locator(".row")).to_have_count(3)
    page.keyboard.press("j")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Carla Weiß")
    expect(page.locator('.row > a[aria-current="true"] strong')).to_have_text("Carla Weiß")
    page.keyboard.press("j")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Ben Roth")
    page.keyboard.press("k")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Carla Weiß")

    page.keyboard.press("r")
    page.keyboard.type("At nine on weekdays.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .entry.answer .entry-text")).to_have_text("At nine on weekdays.")
    assert Publication.objects.get().text.endswith("At nine on weekdays.")
    assert Conversation.objects.get(pk=conversations[0].pk).assignee == agent


def test_resolving_opens_the_next_and_the_list_follows(open_as, agent, conversations):
    page = open_as(agent, "inbox/")
    page.keyboard.press("j")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Carla Weiß")
    page.keyboard.press("e")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Ben Roth")
    expect(page.locator(".row")).to_have_count(2)
    assert Conversation.objects.get(pk=conversations[0].pk).status == "resolved"


def test_a_link_to_a_conversation_shows_it_first_and_its_list_after(open_as, agent, conversations):
    page = open_as(agent, f"inbox/{conversations[1].pk}/")
    expect(page.locator("#pane .conversation-who strong")).to_have_text("Ben Roth")
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator('.row > a[aria-current="true"] strong')).to_have_text("Ben Roth")


def test_a_note_and_a_draft_are_not_lost_on_the_way(open_as, agent, conversations):
    page = open_as(agent, f"inbox/{conversations[0].pk}/")
    page.keyboard.press("n")
    page.keyboard.type("Ask Mira first.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .note-entry .entry-text")).to_have_text("Ask Mira first.")
    assert Note.objects.get().member == agent
    page.locator("#answer-text").fill("Half an answer")
    page.reload(wait_until="networkidle")
    expect(page.locator("#answer-text")).to_have_value("Half an answer")


def test_on_a_phone_one_pane_at_a_time(open_as, page, agent, conversations):
    page.set_viewport_size({"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_as(agent, f"inbox/{conversations[0].pk}/")
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator(".inbox-list")).to_be_hidden()
    assert not [url for url in asked if "/rows/" in url], "what is not shown is not fetched"
    page.locator("[data-back]").click()
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator("#thread")).to_have_count(0)


def test_the_search_finds_umlauts_either_way(open_as, agent, conversations):
    page = open_as(agent, "inbox/")
    page.keyboard.press("/")
    page.keyboard.type("weiss")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row strong")).to_have_text("Carla Weiß")
