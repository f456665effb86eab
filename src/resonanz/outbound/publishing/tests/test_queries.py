"""What the ledger, the page of what is not out, and Today show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from resonanz.foundation.channels.models import ChannelState
from resonanz.outbound.publishing import queries, services
from resonanz.outbound.publishing.checks import Payload
from resonanz.outbound.publishing.models import Origin, Publication


@pytest.fixture
def plan(editor, channel):
    def make(text, *, minutes=0, **fields):
        publication = services.schedule(editor, channel, Payload(text=text), origin=Origin.CONTENT)
        planned_at = now() + timedelta(minutes=minutes)
        fields = {"planned_at": planned_at, "due_at": planned_at} | fields
        Publication.objects.filter(pk=publication.pk).update(**fields)
        return publication

    return make


def test_due_and_not_out_shows_all_that_is_stuck_and_nothing_else(workspace, outsider, plan):
    plan("later", minutes=5)
    plan("just now")
    plan("overdue", minutes=-10)
    plan("checking", minutes=-20, state="checking")
    plan("failed", minutes=-30, state="failed", due_at=None, state_reason="refused")
    plan("late", minutes=-500, due_at=None, state_reason="late")
    plan("out", minutes=-40, state="published", due_at=None)
    plan("cancelled", minutes=-50, state="cancelled", due_at=None)
    found = queries.due_and_not_out(workspace)
    assert [row.text for row in found] == ["late", "failed", "checking", "overdue"]
    assert [queries.why(row) for row in found] == ["late", "refused", "working", "no_worker"]
    assert not queries.due_and_not_out(outsider.workspace).exists()


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.ACCESS_LOST])
def test_a_held_publication_says_that_its_channel_holds_it(workspace, channel, plan, state):
    plan("held", minutes=-3)
    channel.state = state
    channel.save()
    (row,) = queries.due_and_not_out(workspace)
    assert queries.why(row) == f"channel_{state}"


def test_the_ledger_filters(workspace, channel, plan):
    plan("Sommerfest", minutes=-3, state="published")
    plan("Winterfest", minutes=3)
    plan("Herbst", minutes=60)

    def texts(**filters):
        return [row.text for row in queries.ledger(workspace, **filters)]

    assert texts() == ["Herbst", "Winterfest", "Sommerfest"]
    assert texts(states=["published"]) == ["Sommerfest"]
    assert texts(text="FEST") == ["Winterfest", "Sommerfest"]
    assert texts(since=now(), until=now() + timedelta(minutes=30)) == ["Winterfest"]
    assert texts(channel=channel, origin="answer") == []


def test_counts_of_a_range(workspace, plan):
    plan("out", minutes=-3, state="published")
    plan("to come", minutes=3)
    plan("dropped", minutes=4, state="cancelled")
    plan("failed last week", minutes=-10_000, state="failed")
    day = now() - timedelta(hours=1), now() + timedelta(hours=1)
    expected = queries.Counts(planned=2, published=1, not_out=1, checking=0, failed=1)
    assert queries.counts(workspace, *day) == expected
    assert [row.text for row in queries.in_range(workspace, *day)] == ["out", "to come"]


def test_our_own_posts_are_recognised(channel, plan):
    plan("ours", remote_id="42", state="published")
    plan("not yet")
    assert [row.text for row in queries.with_remote_ids(channel, ["42", ""])] == ["ours"]
