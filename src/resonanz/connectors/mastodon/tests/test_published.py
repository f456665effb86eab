"""Recognising our own post among others: what servers change does not matter, everything else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resonanz.connectorkit.reading import Unreadable
from resonanz.connectors.mastodon import published
from resonanz.connectors.mastodon.fake_text import render
from resonanz.connectors.mastodon.tests.test_translate import HOME, KEY, US, status
from resonanz.kernel.messages import Reference
from resonanz.kernel.publishing import Draft

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DRAFT = Draft(KEY, "Neu: https://example.com/ein/recht/langer/weg @kunde@anderswo.example **jetzt**", NOW)


def ours(text: str = DRAFT.text, **changes: Any) -> dict[str, Any]:
    content = render(
        text, "https://mastodon.example", lambda acct: f"https://anderswo.example/@{acct.split('@')[0]}"
    )
    return status(account=US, content=content, created_at=NOW.isoformat()) | changes


def found(*statuses: dict[str, Any], draft: Draft = DRAFT, taken: tuple[str, ...] = ()) -> str | None:
    since = published.oldest_possible(draft, NOW, NOW)
    receipt = published.look(list(statuses), draft, since, taken, HOME, NOW).found
    return receipt.reference.data["id"] if receipt else None


@pytest.mark.parametrize(
    "content",
    [
        None,
        "<p>Neu: <a href='https://example.com/ein/recht/langer/weg'>https://example.com/ein/recht/langer/weg</a> "
        "<a class='mention' href='https://anderswo.example/@kunde'>@kunde</a> <strong>jetzt</strong></p>",
        "Neu:<br>https://example.com/ein/recht/langer/weg @kunde@anderswo.example **jetzt**  ",
        "<p>Neu: <a href='https://example.com/ein/recht/langer/weg'>example.com/ein/re…</a> @kunde jetzt</p>",
    ],
)
def test_it_is_found_however_it_is_rendered(content: str | None) -> None:
    # The last shows a shortened label; then the address tells.
    assert found(ours(**({"content": content} if content else {}))) == "100"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "<p>Etwas anderes</p>"},
        {"media_attachments": [{"id": "1"}]},
        {"in_reply_to_id": "5"},
        {"spoiler_text": "Achtung"},
        {"created_at": (NOW - timedelta(minutes=5)).isoformat()},
        {"reblog": status()},
    ],
)
def test_something_else_is_not_it(changes: dict[str, Any]) -> None:
    assert found(ours(**changes)) is None


def test_an_answer_is_it_also_when_what_it_answered_is_gone() -> None:
    draft = replace(DRAFT, reply_to=Reference("5@mastodon.example", {"id": "5"}))
    assert found(ours(in_reply_to_id="5"), draft=draft) == "100"
    assert found(ours(in_reply_to_id=5), draft=draft) == "100"
    assert found(ours(in_reply_to_id=None), draft=draft) == "100"
    assert found(ours(in_reply_to_id="6"), draft=draft) is None


def test_of_several_the_oldest_that_is_not_taken() -> None:
    three = [ours(id=str(number)) for number in (3, 2, 1)]
    assert found(*three) == "1"
    assert found(*three, taken=("1@mastodon.example",)) == "2"
    assert found(*three, taken=tuple(f"{number}@mastodon.example" for number in (1, 2, 3))) is None


def test_one_that_cannot_be_read_makes_the_search_no_answer() -> None:
    with pytest.raises(Unreadable):
        found(ours(id=None))
    with pytest.raises(Unreadable):
        found(ours(created_at="gestern"))


def test_the_search_ends_with_the_first_page_that_is_old_enough() -> None:
    old = (NOW - timedelta(hours=1)).isoformat()
    since = published.oldest_possible(DRAFT, NOW, NOW)
    assert published.look([ours(id="9")], DRAFT, since, (), HOME, NOW).before == "9"
    assert published.look([ours(id="9", created_at=old)], DRAFT, since, (), HOME, NOW).before == ""
    # A pinned old post at the top does not end it.
    assert (
        published.look([ours(id="9", created_at=old), ours(id="8")], DRAFT, since, (), HOME, NOW).before
        == "8"
    )
    assert published.look([], DRAFT, since, (), HOME, NOW).before == ""


def test_the_servers_clock_counts_and_without_it_three_hours_more() -> None:
    assert published.oldest_possible(DRAFT, NOW, NOW + timedelta(hours=2)) == NOW + timedelta(minutes=119)
    assert published.oldest_possible(DRAFT, NOW, None) == NOW - timedelta(hours=3)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Grüße!", "grüße", True),
        ("a  b\n\nc", "a b c", True),
        ("@eva@x.example", "@eva", True),
        ("„Zitat“", '"Zitat"', True),
        ("5 €", "5 $", False),
        ("👍", "👎", False),
        ("!!!", "???", False),
        ("!!!", "! ! !", True),
        ("Termin 1", "Termin 2", False),
    ],
)
def test_what_a_fingerprint_keeps(one: str, other: str, same: bool) -> None:
    assert (published.fingerprint(one) == published.fingerprint(other)) is same
