"""Today tells what did not go out, and what will until midnight."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.kernel.ids import new_key
from resonanz.outbound.publishing.models import Origin, Publication
from resonanz.web.planning import offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace):
    return Channel.objects.create(
        workspace=workspace, network="mastodon", server="https://m.example", remote_id="1", handle="lindner"
    )


def publication(channel: Channel, text: str, planned_at, **fields) -> Publication:
    return Publication.objects.create(
        workspace=channel.workspace, channel=channel, origin=Origin.CONTENT, key=new_key(), created_at=now(),
        text=text, planned_at=planned_at, due_at=planned_at, **fields,
    )  # fmt: skip


def test_a_calm_day_has_no_section(editor):
    assert offers.today(editor) == []


def test_what_is_late_and_what_is_coming_stand_on_today(editor, channel, client_of, time_machine):
    time_machine.move_to(now().replace(hour=9), tick=False)
    publication(
        channel, "Kam nicht hinaus", now() - timedelta(hours=5), state="failed", state_reason="refused"
    )
    publication(channel, "Kommt um elf", now() + timedelta(hours=2))
    publication(channel, "Kommt morgen", now() + timedelta(days=1))
    page = client_of(editor).get(f"/w/{editor.workspace.slug}/today/").content.decode()
    assert "Kam nicht hinaus" in page
    assert "Kommt um elf" in page
    assert "Kommt morgen" not in page


@pytest.mark.parametrize("page", ["today/", "plan/", "plan/not-out/"])
def test_what_is_not_out_is_counted_once_a_page(editor, channel, client_of, page):
    publication(channel, "Kam nicht hinaus", now() - timedelta(hours=5), state="failed")
    client = client_of(editor)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/w/{editor.workspace.slug}/{page}").status_code == 200
    counts = [q["sql"] for q in asked if "COUNT(*)" in q["sql"] and "publishing_publication" in q["sql"]]
    assert len([sql for sql in counts if "'failed'" in sql]) == 1, counts


def test_the_outsider_sees_nothing_of_it(outsider, channel, client_of):
    publication(channel, "Kam nicht hinaus", now() - timedelta(hours=5), state="failed")
    assert offers.today(outsider) == []
    assert client_of(outsider).get(f"/w/{channel.workspace.slug}/today/").status_code == 404
