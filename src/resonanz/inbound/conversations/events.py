"""What happened to a conversation beside what was said in it: written down in the audit trail, read for the thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from resonanz.foundation.audit import queries
from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import record
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation

MOST = 200  # events of one thread; the newest


class Cause(StrEnum):
    """Why Resonanz itself opened a conversation."""

    MESSAGE = "message"  # somebody wrote
    TIME = "time"  # it had been snoozed until now
    UNSENT = "unsent"  # our answer could not be sent


class EventKind(StrEnum):
    STATUS = "status"  # before, after: a Status; `until` for one that was snoozed
    ASSIGNED = "assigned"  # before, after: colleagues' names, None: nobody
    MOVED = "moved"  # before, after: departments' names, None: none
    LABELLED = "labelled"  # after: the label's name
    UNLABELLED = "unlabelled"  # before: the label's name


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a conversation, at `at`, by the colleague called `actor` (empty: by Resonanz itself)."""

    kind: EventKind
    at: datetime
    actor: str
    before: str | None = None
    after: str | None = None
    cause: str = ""  # a Cause; "answer": it came with an answer of the actor's; empty: a person decided so
    until: datetime | None = None


def events(conversation: Conversation) -> list[Event]:
    """What happened to a conversation, in the order it happened; one query."""
    newest = queries.about(conversation.workspace_id, conversation).order_by("-number")[:MOST]
    return [event for entry in reversed(newest) for event in _told_by(entry)]


def opened(conversation: Conversation, was: str, cause: Cause) -> None:
    """Write down that Resonanz itself opened a conversation, if it `was` something else before."""
    if was != conversation.status:
        record(
            action="conversation.status",
            actor=None,
            workspace=conversation.workspace,
            target=conversation,
            before={"status": was},
            after={"status": conversation.status, "cause": cause},
        )


# The fields of an entry that are events of their own.
_KINDS = {"status": EventKind.STATUS, "assignee": EventKind.ASSIGNED, "department": EventKind.MOVED}


def _told_by(entry: Entry) -> Iterator[Event]:
    changes: dict[str, list[Any]] = entry.changes
    told = partial(Event, at=entry.at, actor=entry.actor_name)
    cause = "answer" if entry.action == "conversation.answered" else _after(changes, "cause") or ""
    until = datetime.fromisoformat(moment) if (moment := _after(changes, "due_at")) else None
    if until and "status" not in changes:  # snoozed already, now for another time
        changes = changes | {"status": [Status.SNOOZED, Status.SNOOZED]}
    for name, kind in _KINDS.items():
        if name in changes:
            before, after = changes[name]
            yield told(kind, before=before, after=after, cause=cause, until=until)
    if "label" in changes:
        before, after = changes["label"]
        yield told(EventKind.LABELLED if after else EventKind.UNLABELLED, before=before, after=after)


def _after(changes: dict[str, list[Any]], name: str) -> str | None:
    value: str | None = changes.get(name, [None, None])[1]
    return value
