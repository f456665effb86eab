"""The composer and the calendar as a person uses them: writing, shaping, scheduling once, moving by keyboard."""

from __future__ import annotations

import io
import re

import pytest
from django.db import OperationalError
from playwright.sync_api import expect

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.media import services as media
from resonanz.foundation.media.tests import samples
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.models import Content
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.publishing.models import Publication

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    backend = settings.STORAGES["default"]
    options = {**backend["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**backend, "OPTIONS": options}}


@pytest.fixture
def channels(workspace):
    return [
        Channel.objects.create(
            workspace=workspace,
            network=network,
            server="https://example.org",
            remote_id="1",
            handle=f"lindner.{network}",
        )
        for network in ("bluesky", "mastodon")
    ]


@pytest.fixture
def at(open_as, editor):
    """at("plan/"): the editor's window on that page."""
    return lambda address: open_as(editor, address)


def saved(page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def test_from_a_blank_page_to_two_scheduled_posts(at, channels):
    page = at("plan/new/")
    page.get_by_label("Text of the idea").fill("Open day (hall 4) https://lindner.example")
    saved(page)
    assert "?" not in page.url
    assert Content.objects.get().text == "Open day (hall 4) https://lindner.example"

    page.get_by_role("tab", name="Mastodon").click()
    panel = page.locator("[data-panel]:visible")
    expect(panel.locator("[data-follow-state]")).to_have_text("Follows the idea")
    panel.locator("textarea[name=text]").fill("Own words for Mastodon #open")
    expect(panel.locator("[data-follow-state]")).to_have_text("Own text")
    expect(panel.locator("[data-post-text] .post-tag")).to_have_text("#open")
    expect(panel.locator("[data-count]")).to_have_text("28 / 500")

    page.get_by_role("radio", name="Later").check()
    page.locator("#local").fill("2126-05-12T09:30")
    expect(page.locator("#when-note")).to_contain_text("Sunday, 12 May 2126, 09:30 · Berlin")
    page.locator("#review-open").click()
    dialog = page.locator("#review")
    expect(dialog).to_contain_text("Own words for Mastodon #open")
    dialog.get_by_role("button", name="Schedule 2 posts").dblclick()
    expect(page.locator(".all-done")).to_be_visible()
    made = {p.channel.network: p for p in Publication.objects.select_related("channel")}
    assert {n: p.text for n, p in made.items()} == {
        "bluesky": "Open day (hall 4) https://lindner.example",
        "mastodon": "Own words for Mastodon #open",
    }
    # Half past nine in Berlin, although this browser lives in Tokyo.
    assert {p.planned_at.isoformat() for p in made.values()} == {"2126-05-12T07:30:00+00:00"}


def test_too_long_is_seen_while_typing_and_cannot_be_confirmed(at, channels):
    page = at("plan/new/")
    page.get_by_label("Text of the idea").fill("x" * 301)
    counter = page.locator("[data-panel]:visible [data-counter]")
    expect(counter).to_have_attribute("data-level", "over")
    expect(page.locator("[data-panel]:visible [data-notes]")).to_contain_text("Too long by 1")
    page.locator("#review-open").click()
    expect(page.locator("#review").get_by_role("button", name="Publish")).to_be_disabled()


def test_the_doubled_and_the_missing_hour_are_put_to_the_person(at, channels):
    page = at("plan/new/")
    page.get_by_label("Text of the idea").fill("Night shift")
    page.get_by_role("radio", name="Later").check()
    page.locator("#local").fill("2027-03-28T02:30")
    expect(page.locator("#when-note")).to_contain_text("02:30 does not exist")
    page.get_by_role("button", name="03:30").click()
    expect(page.locator("#local")).to_have_value("2027-03-28T03:30")
    page.locator("#local").fill("2027-10-31T02:30")
    page.get_by_label("the second").check()
    saved(page)
    page.locator("#review-open").click()
    page.locator("#review").get_by_role("button", name="Schedule 2 posts").click()
    expect(page.locator(".all-done")).to_be_visible()
    assert {p.planned_at.isoformat() for p in Publication.objects.all()} == {"2027-10-31T01:30:00+00:00"}


def test_a_colleague_who_wrote_meanwhile_is_named_and_nothing_is_lost(at, channels, editor, manager):
    content = services.save(editor, new_key(), 0, text="Come")
    page = at(f"plan/contents/{content.key}/")
    services.save(manager, content.key, 1, "his", text="Come on Tuesday")
    page.get_by_label("Text of the idea").fill("Come early")
    expect(page.locator("#conflict")).to_contain_text("Jonas Brandt has changed this")
    expect(page.get_by_label("Text of the idea")).to_have_value("Come early")
    page.get_by_role("button", name="Keep mine").click()
    saved(page)
    assert Content.objects.get().text == "Come early"


def test_a_broken_connection_is_told_and_made_good(at, channels):
    page = at("plan/new/")
    page.context.set_offline(True)
    page.get_by_label("Text of the idea").fill("Written in a tunnel")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "unsaved")
    page.context.set_offline(False)
    saved(page)
    assert Content.objects.get().text == "Written in a tunnel"


def test_a_picture_is_added_described_and_shown(at, channels, tmp_path):
    good, bad = tmp_path / "hall.jpg", tmp_path / "trick.jpg"
    good.write_bytes(samples.with_gps())
    bad.write_bytes(samples.and_zip(samples.photo()))
    page = at("plan/new/")
    page.locator("#file").set_input_files([good, bad])
    expect(page.locator(".upload.refused")).to_contain_text("hidden in this file")
    expect(page.locator("[data-panel]:visible [data-post-pictures] img")).to_have_count(1)
    page.get_by_label("Description for people").fill("A hall")
    expect(page.locator("[data-panel]:visible [data-notes]")).not_to_contain_text("no description")
    saved(page)
    assert [p.alt for p in Content.objects.get().pictures.all()] == ["A hall"]


@pytest.fixture
def described(at, channels, editor):
    """The page of a content with a picture."""
    content = services.save(editor, new_key(), 0, text="Our hall")
    services.attach(editor, content, media.upload(editor, io.BytesIO(samples.photo()), "hall.jpg"))
    return at(f"plan/contents/{content.key}/")


def test_a_description_typed_without_a_connection_is_kept(described):
    described.context.set_offline(True)
    described.get_by_label("Description for people").fill("A hall, written in a tunnel")
    expect(described.locator("#save-state")).to_have_attribute("data-state", "unsaved")
    described.context.set_offline(False)
    saved(described)
    assert Content.objects.get().pictures.get().alt == "A hall, written in a tunnel"


def test_a_description_that_the_database_could_not_take_is_sent_again(described, monkeypatch):
    describe, calls = services.describe, []

    def locked_once(*args):
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("database is locked")
        describe(*args)

    monkeypatch.setattr(services, "describe", locked_once)
    described.get_by_label("Description for people").fill("A hall")
    expect(described.locator("#save-state")).to_have_attribute("data-state", "unsaved")
    saved(described)
    assert len(calls) == 2
    assert Content.objects.get().pictures.get().alt == "A hall"


def test_a_picture_taken_away_stays_away(described):
    with described.expect_response(re.compile(r"/pictures/\d+/")):
        described.get_by_role("button", name="Take away").click()
    saved(described)
    assert not Content.objects.get().pictures.exists()


def test_an_entry_moves_by_keyboard_and_by_dragging(at, channels, editor):
    content = services.save(editor, new_key(), 0, text="Movable")
    services.choose(editor, content, channels)
    orders = [scheduling.Order(v, new_key()) for v in queries.variants(content)]
    scheduling.schedule(editor, content, orders, WallTime.parse("2126-05-15T09:30", "Europe/Berlin"))
    page = at("plan/?view=month&day=2126-05-01")
    entry = page.locator("[data-entry]")
    entry.focus()
    entry.press("Alt+ArrowRight")
    expect(page.locator("#moved")).to_have_text(re.compile("2126-05-16"))
    entry.drag_to(page.locator('[data-day="2126-05-22"]'))
    expect(page.locator("#moved")).to_have_text(re.compile("2126-05-22"))
    assert {p.planned_at.isoformat() for p in Publication.objects.all()} == {"2126-05-22T07:30:00+00:00"}
