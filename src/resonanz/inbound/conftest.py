"""A small network under full control, a channel on it, and what is said there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from resonanz.connectorkit.manifest import (
    Capability,
    ConnectFlow,
    Limits,
    Manifest,
    Source,
    TextLimit,
)
from resonanz.connectorkit.network import Network
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import leases
from resonanz.foundation.work.leases import Kind
from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.enrichment import readers
from resonanz.inbound.enrichment import worker as enrichment_worker
from resonanz.kernel.messages import Author, Message, MessageKind, Reference, Visibility
from resonanz.kernel.paging import Cursor, Page
from resonanz.kernel.text import TextUnit

if TYPE_CHECKING:
    from resonanz.inbound.enrichment.tests.cast import Words

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LIMIT = TextLimit(300, TextUnit.GRAPHEMES, Source("https://example.org/limits", date(2026, 3, 1)))
PLAZA = Manifest(
    slug="plaza",
    name="Plaza",
    homepage="https://plaza.example",
    capabilities=frozenset(
        {Capability.INBOUND, Capability.PUBLISH, Capability.REPLY, Capability.THREAD, Capability.QUOTE}
    ),
    limits=Limits(text=(LIMIT,)),
    connect_flow=ConnectFlow.FORM,
    connect_fields=(),
    poll_seconds=60,
    visibilities=(Visibility.PUBLIC, Visibility.DIRECT),
    content_warnings=True,
)
GAZETTE = replace(
    PLAZA,
    slug="gazette",
    name="Gazette",
    capabilities=frozenset({Capability.INBOUND}),
    conversational=False,
)


@dataclass
class Plaza:
    """What the network says when it is asked. `said` is everything, in order; its cursor is how much was read."""

    said: list[Message] = field(default_factory=list)
    threads: dict[str, tuple[Message, ...]] = field(default_factory=dict)
    error: Exception | None = None
    page_size: int = 3
    asked: list[str] = field(default_factory=list)

    def inbound(self, cursor: Cursor) -> Page[Message]:
        self._answer(f"inbound {cursor}")
        start = int(cursor or 0)
        end = min(start + self.page_size, len(self.said))
        return Page(tuple(self.said[start:end]), Cursor(str(end)), more=end < len(self.said))

    def thread(self, reference: Reference) -> tuple[Message, ...]:
        self._answer(f"thread {reference.remote_id}")
        return self.threads.get(reference.remote_id, ())

    def _answer(self, question: str) -> None:
        self.asked.append(question)
        if self.error is not None:
            raise self.error


@pytest.fixture
def plaza(monkeypatch: pytest.MonkeyPatch) -> Plaza:
    network = Plaza()
    known = {
        m.slug: Network(m, auth=NoSecrets(), connector=lambda _http, _account: network)  # type: ignore[arg-type]
        for m in (PLAZA, GAZETTE)
    }
    monkeypatch.setattr(networks, "all_networks", lambda: known)
    return network


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    """Reads in place of a model, as in a process that has just been started."""
    # Not above: whoever needs no readings need not wait for numba.
    from resonanz.inbound.enrichment.tests.cast import Words

    reader = Words()
    monkeypatch.setattr(readers, "tier", lambda: reader)
    monkeypatch.setattr(enrichment_worker, "_asked", set())
    return reader


class NoSecrets:
    def headers(self, secrets: Any) -> dict[str, str]:
        return {}


@pytest.fixture
def channel(workspace: Workspace, plaza: Plaza) -> Channel:
    return connected(workspace)


def connected(workspace: Workspace, network: str = "plaza", name: str = "us") -> Channel:
    return Channel.objects.create(
        workspace=workspace,
        network=network,
        server=f"https://{network}.example",
        remote_id=f"id-{name}",
        handle=name,
        listening_since=NOON,
    )


def said(
    remote_id: str,
    text: str = "",
    *,
    by: str = "anna",
    minutes: float = 0,
    kind: MessageKind = MessageKind.MENTION,
    **fields: Any,
) -> Message:
    """A message sent so many minutes after noon."""
    return Message(
        reference=Reference(remote_id, {"at": remote_id}),
        kind=kind,
        author=Author(remote_id=f"id-{by}", handle=by, name=by.title()),
        text=text or f"This is {remote_id}",
        sent_at=NOON + timedelta(minutes=minutes),
        **fields,
    )


def work(*kinds: Kind, rounds: int = 50) -> int:
    """Do everything that is due, as the engine would; returns how many steps it took."""
    from resonanz.foundation.work.engine import perform

    done = 0
    for _round in range(rounds):
        for kind in kinds:
            if kind.find is not None:
                kind.find()
        taken = [lease for kind in kinds for lease in leases.claim(kind, "test", limit=10)]
        if not taken:
            return done
        for lease in taken:
            perform(lease)
        done += len(taken)
    raise AssertionError("it never ends")


@pytest.fixture
def break_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Make the n-th statement that goes to the database from now on (0: none) die before it gets there."""
    from django.db import connection

    left = [0]

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if left[0]:
            left[0] -= 1
            if not left[0]:
                raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield lambda number: left.__setitem__(0, number)


class Killed(BaseException):
    """The worker dies here: nothing catches it."""
