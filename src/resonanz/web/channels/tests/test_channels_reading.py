"""A channel that cannot be read says so where a person looks for it."""

import pytest
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.inbound.intake.models import Poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(workspace):
    channel = Channel.objects.create(
        workspace=workspace,
        network="feeds",
        server="https://feed.example",
        remote_id="f",
        handle="feed.example",
    )
    return Poll.objects.create(channel=channel, read_at=now())


def page(client_of, member) -> str:
    return client_of(member).get(f"/w/{member.workspace.slug}/channels/").content.decode()


def test_a_channel_in_order_says_when_it_was_read(client_of, owner, poll):
    assert "read" in page(client_of, owner)
    assert "cannot read" not in page(client_of, owner)


def test_a_broken_feed_is_said_at_its_channel(client_of, owner, poll):
    Poll.objects.update(problem="unreadable", problem_since=now())
    assert "The server answered something that we cannot read." in page(client_of, owner)


def test_a_fault_of_ours_is_said_with_its_number(client_of, owner, poll):
    Poll.objects.update(problem="fault", fault=4711)
    assert "number 4711" in page(client_of, owner)


def test_what_is_too_much_to_read_is_said(client_of, owner, poll):
    assert "left out" not in page(client_of, owner)
    Poll.objects.update(left_out=700)
    assert "700 older ones further down are left out" in page(client_of, owner)
