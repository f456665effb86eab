"""What real servers said (samples/, recorded by tests/servers/record_bluesky.py), in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.faults import broken_variants
from resonanz.connectorkit.http import Answer, Effect
from resonanz.connectors.bluesky import translate
from resonanz.kernel.messages import Message, MessageKind

SAMPLES = Path(__file__).parents[1] / "samples"
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


US = sample("session")["did"]


def messages(name: str, *path: str) -> dict[str, Message]:
    views = [reading.at(item, "post") or item for item in reading.items(sample(name), *path)]
    found, skipped = reading.each(views, lambda view: translate.message(view, US, LATER))
    assert skipped == 0
    return {message.text: message for message in found}


def test_notifications_in_our_words() -> None:
    said = messages("notifications", "notifications")
    assert {text: message.kind for text, message in said.items()} == {
        "@werkbank.test nichts für schwache Nerven": MessageKind.MENTION,
        "@werkbank.test schon gesehen?": MessageKind.MENTION,
        "Mit Bild": MessageKind.QUOTE,
        "Hört, hört": MessageKind.QUOTE,
        "Meine nicht.": MessageKind.REPLY,
        "Meine hat einen Kratzer 👩‍🔧": MessageKind.REPLY,
    }
    reply = said["Meine nicht."]
    assert reply.author.name == "Dirk Dritter"
    assert reply.language == "de"
    assert reply.reply_to == said["Meine hat einen Kratzer 👩‍🔧"].remote_id
    assert reply.thread.startswith(f"at://{US}/")
    assert reply.reference.data["root_uri"] == reply.thread
    assert said["Mit Bild"].links == said["Hört, hört"].links != ()
    assert said["@werkbank.test schon gesehen?"].links == ("https://example.com/",)
    assert said["@werkbank.test nichts für schwache Nerven"].content_warning == "graphic-media"


def test_only_those_with_files_need_the_appviews_view() -> None:
    listed = reading.items(sample("notifications"), "notifications")
    assert {view["record"]["text"] for view in listed if translate.has_media(view)} == {
        "Mit Bild",
        "Meine hat einen Kratzer 👩‍🔧",
    }


def test_a_thread_in_order_with_its_picture() -> None:
    found = translate.thread(sample("thread"), US, LATER)
    assert [message.text for message in found] == [
        "Neu bei uns: die #Werkbank mit Schublade. https://example.com/werkbank",
        "Meine hat einen Kratzer 👩‍🔧",
        "Meine nicht.",
        "@kundin.test Das tut uns leid!",
    ]
    (picture,) = found[1].attachments
    assert (picture.kind, picture.alt, picture.url[:8]) == ("image", "Ein Kratzer", "https://")
    assert [message.kind for message in found] == [
        MessageKind.POST,
        MessageKind.REPLY,
        MessageKind.REPLY,
        MessageKind.POST,
    ]
    assert found[0].links == ("https://example.com/werkbank",)


def test_counts_of_a_post() -> None:
    (view,) = sample("posts")["posts"]
    counts = translate.counts(view)
    assert (counts.likes, counts.reposts, counts.quotes, counts.replies) == (2, 1, 2, 1)
    assert translate.counts({}).likes is None  # not said is not zero


def test_profile_and_followers() -> None:
    profile = translate.profile(sample("profile"))
    assert (profile.author.name, profile.author.followers, profile.posts) == ("Werkbank GmbH", 2, 2)
    followers, skipped = reading.each(sample("followers")["followers"], translate.author)
    assert ({author.handle for author in followers}, skipped) == ({"kundin.test", "dritter.test"}, 0)


def test_a_moment_in_the_future_is_no_later_than_seen() -> None:
    (view,) = sample("posts")["posts"]
    view["record"]["createdAt"] = "2999-01-01T00:00:00Z"
    assert translate.message(view, US, LATER).sent_at == datetime.fromisoformat(view["indexedAt"])
    view["record"]["createdAt"] = "not a moment"
    assert translate.message(view, US, LATER).sent_at == datetime.fromisoformat(view["indexedAt"])


@pytest.mark.parametrize("name", ["notifications", "author_feed", "posts", "followers", "profile", "thread"])
def test_whatever_is_broken_is_unreadable_and_nothing_worse(name: str) -> None:
    """Every node of what a real server said, missing or of another type."""
    for _path, broken in broken_variants(_smaller(sample(name))):
        translate.thread(broken, US, LATER)
        for view in (broken, *reading.items(broken, "posts"), *reading.items(broken, "notifications")):
            for translation in (
                translate.author,
                translate.profile,
                translate.target,
                lambda view: translate.message(view, US, LATER),
            ):
                reading.each([view], translation)
            translate.has_media(view)
            translate.counts(view)


def _smaller(said: Any) -> Any:
    """The first of each list: enough to break each kind of node, in a second instead of a minute."""
    if isinstance(said, dict):
        return {name: _smaller(value) for name, value in said.items()}
    return [_smaller(value) for value in said[:1]] if isinstance(said, list) else said


def explained(body: Any, status: int = 400, headers: dict[str, str] | None = None) -> ConnectorError | None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate.explain(Answer(status, headers or {}, content, "https://x.example", Effect.WRITE))


def test_the_errors_of_real_servers() -> None:
    found = [explained(failure["body"], failure["status"]) for failure in sample("errors")]
    assert [(type(error), error.reason) for error in found if error] == [
        (Rejected, "too_long"),
        (Rejected, "refused"),
        (AccessLost, "token_expired"),
        (AccessLost, "token_expired"),
        (AccessLost, "token_void"),
        (NotFound, "record_not_found"),
        (AccessLost, "account_gone"),
        (AccessLost, "token_void"),
        (Rejected, "refused"),
        (NotFound, "not_found"),
        (NotFound, "not_found"),
    ]
    assert [error.field for error in found if isinstance(error, Rejected)] == ["text", "language", ""]


@pytest.mark.parametrize(
    ("name", "status", "kind", "reason"),
    [
        ("AccountTakedown", 401, AccessLost, "account_taken_down"),
        ("AccountDeactivated", 401, AccessLost, "account_deactivated"),
        ("AuthFactorTokenRequired", 401, AccessLost, "app_password_needed"),
        ("InvalidSwap", 400, Rejected, "key_taken"),
        ("BlobTooLarge", 400, Rejected, "too_large"),
        ("PayloadTooLarge", 413, Rejected, "too_large"),
        ("BlobNotFound", 400, Rejected, "upload_gone"),
        ("BlockedActor", 400, Rejected, "blocked"),
        ("MethodNotImplemented", 501, Unavailable, "unsupported_by_server"),
        ("RateLimitExceeded", 400, RateLimited, "rate_limited"),
    ],
)
def test_errors_by_name(name: str, status: int, kind: type[ConnectorError], reason: str) -> None:
    error = explained({"error": name, "message": "…"}, status)
    assert isinstance(error, kind)
    assert error.reason == reason


@pytest.mark.parametrize("status", [400, 500, 502])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'{"error":3}', b'{"error":{"x":[]}}', b"\xff"]
)
def test_an_error_in_another_language_is_left_to_its_status(status: int, body: bytes) -> None:
    error = explained(body, status)
    assert error is None or (status == 400 and isinstance(error, Rejected))
