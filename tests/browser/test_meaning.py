"""What messages mean as a person meets it: words marked at a glance, corrected and taken back at a click."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from resonanz.inbound.enrichment.models import Correction

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pointing_at_a_sign_marks_the_words_that_carried_it(open_as, agent, understood):
    page = open_as(agent, f"inbox/{understood[0].pk}/")
    expect(page.locator("mark")).to_have_count(0)
    page.locator('[data-evidence="question"]').hover()
    expect(page.locator("mark.on")).to_have_text("?")
    page.locator("#answer-text").hover()
    expect(page.locator("mark.on")).to_have_count(0)
    page.locator('[data-evidence="question"]').focus()
    expect(page.locator("mark.on")).to_have_text("?")


def test_one_click_takes_a_sign_off_and_another_brings_it_back(open_as, agent, understood):
    page = open_as(agent, f"inbox/{understood[0].pk}/")
    row = page.locator(f"#row-{understood[0].pk}")
    expect(row).to_contain_text("Question")
    page.locator(".entry.said").hover()
    page.get_by_role("button", name="Not so: Question").click()
    expect(page.locator('[data-evidence="question"]')).to_have_count(0)
    expect(row).not_to_contain_text("Question")
    assert Correction.objects.get().value == "no"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator('[data-evidence="question"]')).to_have_count(1)
    expect(row).to_contain_text("Question")
    assert not Correction.objects.exists()


def test_everything_else_is_said_by_keyboard(open_as, agent, understood):
    page = open_as(agent, f"inbox/{understood[0].pk}/")
    page.locator(".meaning summary").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="Complaint", exact=True)
    expect(choice).to_have_attribute("aria-pressed", "false")
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-evidence="complaint"]')).to_be_visible()
    expect(page.locator('[data-evidence="complaint"]')).to_contain_text("Sven Keller said so")


def test_on_a_phone_the_pencil_holds_it_all(open_as, page, agent, understood):
    page.set_viewport_size({"width": 390, "height": 844})
    open_as(agent, f"inbox/{understood[0].pk}/")
    page.locator(".meaning summary").click()
    panel = page.locator(".meaning-panel")
    expect(panel.get_by_role("button", name="Delivery")).to_be_visible()
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
    panel.get_by_role("button", name="positive").click()
    expect(page.locator('[data-evidence="positive"]')).to_be_visible()


def test_the_list_is_narrowed_and_sorted_from_its_menus(open_as, agent, understood):
    page = open_as(agent, "inbox/")
    page.locator(".inbox-views > summary").click()
    page.get_by_role("link", name="Most urgent first").click()
    page.locator(".inbox-filters > summary").click()
    page.get_by_role("link", name="Question", exact=True).click()
    expect(page.locator(".row")).to_have_count(3)
    assert "view=urgent" in page.url
    assert "kind=question" in page.url
    page.locator(".inbox-filters > summary").click()
    page.get_by_role("link", name="Praise", exact=True).click()
    expect(page.locator(".list-empty")).to_contain_text("Nothing fits")
