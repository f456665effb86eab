"""The demo company: the same story every time, on real connectors, survives a restart, gone at one click."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from resonanz.connectors.mastodon import NETWORK as MASTODON
from resonanz.demo import company, networks
from resonanz.demo.networks import Stage
from resonanz.demo.story import story
from resonanz.foundation.audit.services import verify
from resonanz.foundation.channels.doors import connector
from resonanz.foundation.work.models import Fault
from resonanz.foundation.workspaces.models import User, Workspace
from resonanz.inbound.conversations.models import Conversation
from resonanz.outbound.publishing.models import Publication

BEGIN = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # daylight saving begins within the story


@pytest.fixture(autouse=True)
def _own_journal(settings, tmp_path):
    settings.DATA = tmp_path
    networks.stage.cache_clear()
    yield
    networks.close()


def test_the_story_is_the_same_every_time_and_in_order():
    first = story(BEGIN)
    assert first == story(BEGIN)
    assert [event.at for event in first] == sorted(event.at for event in first)
    assert first[0].at < BEGIN - timedelta(days=80)
    assert first[-1].at > BEGIN + timedelta(days=5)


def test_everybody_answers_something_said_before():
    events = {event.number: event for event in story(BEGIN)}
    answers = [event for event in events.values() if event.answers is not None]
    assert answers
    for event in answers:
        assert events[event.answers].at < event.at
        assert events[event.answers].network == event.network


def test_what_was_written_is_there_after_a_restart(tmp_path):
    journal = tmp_path / "journal.jsonl"
    before = Stage(journal)
    before.advance()
    token = before.mastodon.token
    post = httpx.Request(
        "POST",
        f"{networks.MASTODON}/api/v1/statuses",
        headers={"authorization": f"Bearer {token}", "idempotency-key": "k"},
        json={"status": "Moin aus Husum"},
    )
    post.read()
    written = before.handle(post).json()
    after = Stage(journal)
    after.advance()
    assert after.mastodon.statuses.keys() == before.mastodon.statuses.keys()
    assert after.mastodon.statuses[written["id"]].text == "Moin aus Husum"


def test_a_line_that_was_cut_off_by_a_crash_is_passed_over(tmp_path):
    journal = tmp_path / "journal.jsonl"
    Stage(journal)
    with journal.open("a") as file:
        file.write('{"at": "2026-')
    Stage(journal).advance()


@pytest.mark.django_db
def test_the_company_lives_and_is_gone_at_one_click(owner):
    member = company.create()
    workspace = member.workspace
    assert workspace.is_demo
    assert not Fault.objects.exists()
    assert Conversation.objects.filter(workspace=workspace).count() > 150
    assert Conversation.objects.filter(workspace=workspace, waiting_since__isnull=False).exists()
    assert Publication.objects.filter(workspace=workspace, state="published").count() > 20
    assert (
        Publication.objects.filter(workspace=workspace, state="scheduled", due_at__isnull=False).count() >= 5
    )
    assert Publication.objects.get(workspace=workspace, state_reason="late").due_at is None
    assert {channel.network for channel in workspace.channels.all()} == {"bluesky", "mastodon", "feeds"}
    assert verify(workspace) is None
    assert company.create().workspace == workspace  # stepping in again builds nothing

    networks.stage.cache_clear()  # the process starts again
    networks.stage().advance()
    for channel in workspace.channels.filter(network__in=("bluesky", "mastodon")):
        assert connector(channel).profile().author.name == "Windhagen Lastenräder"

    guest = company.create(owner.user)  # somebody real steps in with their own sign-in
    assert (guest.workspace, guest.user, guest.role) == (workspace, owner.user, "owner")

    company.remove(guest)
    assert Workspace.objects.get() == owner.workspace
    assert User.objects.get() == owner.user
    assert not networks._journal_path().exists()


def test_nothing_but_the_demos_own_addresses_is_answered():
    with pytest.raises(httpx.ConnectError):
        networks.Transport().handle_request(httpx.Request("GET", "https://mastodon.social/api/v1/instance"))
    assert MASTODON.manifest.slug in {event.network for event in story(BEGIN)}
