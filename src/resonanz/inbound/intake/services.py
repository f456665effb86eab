"""Storing messages: each once, in order, with a number later stages can count on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.inbound.intake.models import (
    REMOTE_ID_LENGTH,
    Origin,
    Poll,
    StoredAuthor,
    StoredMessage,
    Wording,
)
from resonanz.kernel.messages import Author, Message

# Somebody who edits a post all day shall not fill our disk.
MOST_WORDINGS = 10
_ADDRESS_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the messages of one call."""

    new: int = 0
    changed: int = 0  # edited since, or seen as context before
    unreadable: int = 0  # without a usable id


@transaction.atomic
def store(
    channel: Channel,
    messages: Iterable[Message],
    *,
    origin: Origin = Origin.INBOUND,
    received_at: datetime | None = None,
) -> Stored:
    """Store what a network said on `channel`; what is there already is brought up to date.

    All of it or nothing. Polls, webhooks and fetched threads all come through here, one at a time per channel.
    """
    given = list(messages)
    latest = {m.remote_id: m for m in given if 0 < len(m.remote_id) <= REMOTE_ID_LENGTH}
    if not latest:
        return Stored(unreadable=len(given))
    poll, _new = Poll.objects.select_for_update().get_or_create(channel=channel)
    authors = _store_authors(channel, [m.author for m in latest.values()])
    ours = _own_ids(channel)
    known = {
        m.remote_id: m for m in StoredMessage.objects.filter(channel=channel, remote_id__in=list(latest))
    }
    said = {row.pk: _wording(row) for row in known.values()}
    number, new, changed = poll.last_number, [], []
    for message in latest.values():
        values = _values(message, authors[message.author.remote_id], message.author.remote_id in ours)
        row = known.get(message.remote_id)
        if row is None:
            number += 1
            new.append(
                StoredMessage(
                    channel=channel, number=number, origin=origin, remote_id=message.remote_id,
                    received_at=received_at or now(), **values,
                )
            )  # fmt: skip
        elif _update(row, values, origin):
            number += 1
            row.number = number
            changed.append(row)
    StoredMessage.objects.bulk_create(new)
    if changed:
        StoredMessage.objects.bulk_update(changed, ["number", "origin", *_VALUE_NAMES])
        _keep_said([row for row in changed if _wording(row) != said[row.pk]], said)
    if number != poll.last_number:
        Poll.objects.filter(pk=poll.pk).update(last_number=number)
    return Stored(
        new=len(new),
        changed=len(changed),
        unreadable=sum(1 for m in given if m.remote_id not in latest),
    )


def _wording(row: StoredMessage) -> dict[str, str]:
    """What a message says to whoever reads it."""
    return {"text": row.text, "title": row.title, "content_warning": row.content_warning}


def _keep_said(edited: list[StoredMessage], said: Mapping[int, dict[str, str]]) -> None:
    """Keep what `edited` messages said before: of each its first wording and the latest, MOST_WORDINGS in all."""
    Wording.objects.bulk_create(
        Wording(message=row, replaced_at=row.edited_at or now(), **said[row.pk]) for row in edited
    )
    for row in edited:
        kept = list(Wording.objects.filter(message=row).values_list("pk", flat=True))
        Wording.objects.filter(pk__in=kept[1 : max(1, len(kept) - MOST_WORDINGS + 1)]).delete()


def _update(row: StoredMessage, values: dict[str, Any], origin: Origin) -> bool:
    """Bring `row` up to date; whether anything about it changed."""
    if origin == Origin.INBOUND:
        values = {**values, "origin": Origin.INBOUND}
    elif row.origin == Origin.INBOUND:
        # How it reached us was known when it did; a thread read later only knows what it says.
        values = {**values, "kind": row.kind}
    is_edited = any(values[name] != said for name, said in _wording(row).items())
    values["edited_at"] = values["edited_at"] or row.edited_at or (now() if is_edited else None)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return before != values


_VALUE_NAMES = (
    "reference_data", "kind", "author", "is_ours", "text", "title", "url", "language", "reply_to", "thread",
    "visibility", "content_warning", "links", "attachments", "sent_at", "edited_at",
)  # fmt: skip


def _values(message: Message, author: StoredAuthor, is_ours: bool) -> dict[str, Any]:
    """The columns of a message. What is not needed to show or answer it is left behind."""
    return {
        "reference_data": dict(message.reference.data),
        "kind": message.kind.value,
        "author": author,
        "is_ours": is_ours,
        "text": message.text,
        "title": message.title,
        "url": message.url[:_ADDRESS_LENGTH],
        "language": message.language[:35],
        "reply_to": message.reply_to[:REMOTE_ID_LENGTH],
        "thread": message.thread[:REMOTE_ID_LENGTH],
        "visibility": message.visibility.value,
        "content_warning": message.content_warning,
        "links": list(message.links),
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "sent_at": message.sent_at,
        "edited_at": message.edited_at,
    }


def _own_ids(channel: Channel) -> set[str]:
    """The remote ids of the workspace's own profiles on the network of `channel`."""
    own = Channel.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    return set(own.values_list("remote_id", flat=True))


def _store_authors(channel: Channel, authors: Sequence[Author]) -> dict[str, StoredAuthor]:
    """Everybody in `authors` by remote id, as they call themselves now."""
    latest = {author.remote_id: author for author in authors}
    mine = StoredAuthor.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    rows = [
        StoredAuthor(
            workspace_id=channel.workspace_id,
            network=channel.network,
            remote_id=remote_id[:REMOTE_ID_LENGTH],
            handle=author.handle[:255],
            name=author.name[:255],
            url=author.url[:_ADDRESS_LENGTH],
            followers=author.followers,
            is_bot=author.is_bot,
        )
        # In one order for everybody: two channels that store at once must not wait for each other in a circle.
        for remote_id, author in sorted(latest.items())
    ]
    StoredAuthor.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "network", "remote_id"],
        update_fields=["handle", "name", "url", "followers", "is_bot"],
    )
    stored = {row.remote_id: row for row in mine.filter(remote_id__in=[row.remote_id for row in rows])}
    return {remote_id: stored[remote_id[:REMOTE_ID_LENGTH]] for remote_id in latest}
