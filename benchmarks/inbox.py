"""How long the server takes for the inbox's pages with many messages in the database.

    python -m benchmarks.inbox                     100,000 messages, 40 requests a page, on SQLite
    python -m benchmarks.inbox --messages 10000 --requests 10

The messages are made from a fixed seed. Each page is requested through Django's whole stack (middleware, session,
templates) inside this process; the time is that of the server alone, without a network. The first request of each
page, which compiles its templates, is not counted. Also measured: storing and filing new messages through the same
functions the workers use. Every message counts as read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

SEED = 20261122
BATCH = 2000
_TEXT = (
    "Lieferung Maschine Ersatzteil Termin Rechnung Hotline Danke Frage Angebot Messe Wartung Filter Werkstatt schnell "
    "leider immer noch warte Antwort Müller Größe Straße Ausbildung Prospekt Betriebsanleitung kaputt super freundlich "
    "wieder gestern heute Montag April bitte melden sparsam leise Getriebe Kunde Team Video Beitrag Adresse Preis"
)
WORDS = _TEXT.split()
NETWORKS = (("mastodon", "lindner@social.example"), ("bluesky", "lindner.example"))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time the inbox's pages")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40, help="per page")
    parser.add_argument("--json", help="also write the figures to this file")
    return parser.parse_args()


def started(folder: str) -> None:
    os.environ["RESONANZ_DATA"] = folder
    os.environ.pop("RESONANZ_DATABASE", None)
    os.environ["RESONANZ_LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "resonanz.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def company() -> Any:
    """A workspace with five people; its owner."""
    from resonanz.foundation.workspaces import services
    from resonanz.foundation.workspaces.models import Member, User

    owner = services.set_up(
        company="Lindner",
        name="Petra Lang",
        email="p@example.org",
        password="only for figures",
        language="de",
    )
    for number in range(4):
        user = User.objects.create(email=f"{number}@example.org", name=f"Kollegin {number}")
        Member.objects.create(workspace=owner.workspace, user=user, role="agent")
    return owner


def filled(owner: Any, messages: int) -> int:
    """Put so many messages into the database, in conversations of one to twelve; returns how many conversations."""
    from resonanz.foundation.channels.models import Channel
    from resonanz.foundation.workspaces.models import Member
    from resonanz.inbound.conversations.models import (
        Conversation,
        Filing,
        Label,
        Part,
        SearchText,
        Weighing,
    )
    from resonanz.inbound.enrichment.models import Enrichment, Reader
    from resonanz.inbound.intake.models import Poll, StoredAuthor, StoredMessage

    chance = random.Random(SEED)
    workspace = owner.workspace
    channels = [
        Channel.objects.create(
            workspace=workspace, network=n, server=f"https://{n}.example", remote_id="us", handle=h
        )
        for n, h in NETWORKS
    ]
    people = [*Member.objects.filter(workspace=workspace), *[None] * 6]
    authors = {
        channel.pk: StoredAuthor.objects.bulk_create(
            StoredAuthor(
                workspace=workspace,
                network=channel.network,
                remote_id=f"a{n}",
                handle=f"person{n}.example",
                name=f"{chance.choice(WORDS)} {n}",
            )
            for n in range(messages // 10)
        )
        for channel in channels
    }
    numbers = dict.fromkeys((c.pk for c in channels), 0)
    begin = datetime(2026, 8, 24, tzinfo=UTC)

    def threads() -> Iterator[tuple[Any, list[Any]]]:
        made = 0
        while made < messages:
            channel = chance.choice(channels)
            length = min(chance.choice((1, 1, 1, 2, 2, 3, 4, 12)), messages - made)
            at = begin + timedelta(seconds=90 * 86_400 * made / messages)
            author, said = chance.choice(authors[channel.pk]), []
            for _step in range(length):
                numbers[channel.pk] += 1
                at += timedelta(seconds=chance.randint(30, 7200))
                said.append(_message(StoredMessage, channel, numbers[channel.pk], author, at, said, chance))
            made += length
            yield _conversation(Conversation, said, chance.choice(people), chance), said

    reader = Reader.objects.create(tier="fast", version="of the benchmark")
    total, batch = 0, []
    for pair in threads():
        batch.append(pair)
        if len(batch) == BATCH:
            _store(batch, workspace, Conversation, StoredMessage, Part, SearchText)
            _read(batch, reader)
            total, batch = total + len(batch), []
    _store(batch, workspace, Conversation, StoredMessage, Part, SearchText)
    _read(batch, reader)
    for channel in channels:
        Poll.objects.create(channel=channel, last_number=numbers[channel.pk])
        Filing.objects.create(channel=channel, position=numbers[channel.pk])
        Enrichment.objects.create(
            channel=channel, reader=reader, position=numbers[channel.pk], last_number=numbers[channel.pk]
        )
        Weighing.objects.create(channel=channel, position=numbers[channel.pk])
    labels = [Label.objects.create(workspace=workspace, name=name) for name in ("Beschwerde", "Lob", "Frage")]
    for number, label in enumerate(labels):
        label.conversations.set(
            Conversation.objects.order_by("pk").values_list("pk", flat=True)[number::40][:5000]
        )
    _settle()
    return total + len(batch)


def _message(
    model: Any, channel: Any, number: int, author: Any, at: datetime, said: list[Any], chance: Any
) -> Any:
    return model(
        channel=channel,
        number=number,
        remote_id=f"m{number}",
        kind="reply" if said else "mention",
        author=author,
        text=" ".join(chance.choices(WORDS, k=chance.randint(6, 40))),
        reply_to=said[-1].remote_id if said else "",
        thread=said[0].remote_id if said else "",
        sent_at=at,
        received_at=at,
    )


def _conversation(model: Any, said: list[Any], assignee: Any, chance: Any) -> Any:
    from resonanz.inbound.conversations.threads import snippet

    first, last = said[0], said[-1]
    status = chance.choices(("open", "pending", "snoozed", "resolved"), (30, 10, 5, 55))[0]
    return model(
        workspace_id=first.channel.workspace_id,
        channel=first.channel,
        root=first.remote_id,
        author=first.author,
        kind=first.kind,
        snippet=snippet(last),
        status=status,
        due_at=last.sent_at + timedelta(days=200) if status == "snoozed" else None,
        assignee=assignee,
        started_at=first.sent_at,
        last_at=last.sent_at,
        waiting_since=first.sent_at if status == "open" else None,
        messages_count=len(said),
        marks=_marks(last),
        urgent_at=first.sent_at - timedelta(hours=chance.randint(-12, 24)),
    )


def _marks(message: Any) -> int:
    """What a message may mean: one in three asks, one in ten complains, one in two hundred is hostile."""
    from resonanz.inbound.enrichment import marks

    number = message.number
    given = [marks.SENTIMENTS[number % 3], "de"]
    given += [
        name for name, every in (("question", 3), ("complaint", 10), ("toxic", 200)) if number % every == 0
    ]
    return marks.mask(given)


def _read(batch: list[Any], reader: Any) -> None:
    from resonanz.inbound.enrichment import marks
    from resonanz.inbound.enrichment.models import StoredReading

    StoredReading.objects.bulk_create(
        StoredReading(
            message=m,
            channel=m.channel,
            number=m.number,
            reader=reader,
            said=_marks(m),
            marks=_marks(m),
            p=bytes(range(len(marks.ORDER))),
        )
        for _conversation, said in batch
        for m in said
    )


def _store(batch: list[Any], workspace: Any, conversation: Any, message: Any, part: Any, words: Any) -> None:
    from resonanz.inbound.conversations.search import searchable

    conversation.objects.bulk_create(c for c, _said in batch)
    message.objects.bulk_create(m for _c, said in batch for m in said)
    part.objects.bulk_create(part(conversation=c, message=m) for c, said in batch for m in said)
    words.objects.bulk_create(
        words(conversation=c, workspace=workspace, text="\n".join(map(searchable, said))) for c, said in batch
    )


def _settle() -> None:
    """What a database does by itself in time: statistics for its planner, and the log written back."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA optimize=0x10002")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def pages(owner: Any) -> dict[str, Callable[[random.Random], str]]:
    """Name → an address, another one each time where there are many."""
    from resonanz.inbound.conversations.models import Conversation, Label

    base = f"/w/{owner.workspace.slug}/inbox/"
    ids = list(Conversation.objects.values_list("pk", flat=True))
    long_ids = list(Conversation.objects.filter(messages_count=12).values_list("pk", flat=True)[:500])
    label = Label.objects.order_by("pk")[0].pk
    middle = Conversation.objects.order_by("-last_at")[len(ids) // 2]
    key = f"{int(middle.last_at.timestamp() * 1_000_000)}.{middle.pk}"
    return {
        "list, open": lambda _: base,
        "list, everything": lambda _: base + "?view=all",
        "list, waiting longest": lambda _: base + "?view=waiting",
        "list, most urgent": lambda _: base + "?view=urgent",
        "list, complaints": lambda _: base + "?kind=complaint",
        "list, urgent and hostile": lambda _: base + "?view=urgent&kind=toxic&mood=negative",
        "list, nothing meant so": lambda _: base + "?view=all&about=safety",
        "today": lambda _: f"/w/{owner.workspace.slug}/today/",
        "list, mine": lambda _: base + "?view=mine",
        "list, one channel": lambda _: f"{base}?channel={Conversation.objects.first().channel_id}",
        "list, one label": lambda _: f"{base}?view=all&label={label}",
        "list, from its middle": lambda _: f"{base}rows/?view=all&after={key}",
        "search, frequent words": lambda r: f"{base}?view=all&q={r.choice(WORDS)}",
        "search, rare name": lambda r: f"{base}?view=all&q=person{r.randrange(1000)}.ex",
        "search, nothing found": lambda _: base + "?view=all&q=nichtsdergleichen",
        "conversation": lambda r: f"{base}{r.choice(ids)}/",
        "conversation of twelve": lambda r: f"{base}{r.choice(long_ids or ids)}/",
        "list beside it": lambda _: f"{base}rows/",
    }


def timed(owner: Any, requests: int) -> dict[str, list[tuple[float, float]]]:
    """(wall, cpu) milliseconds of each request, by page."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(owner.user)
    times: dict[str, list[tuple[float, float]]] = {}
    for name, address in pages(owner).items():
        chance = random.Random(SEED)
        client.get(address(chance))
        times[name] = []
        for _request in range(requests):
            asked = address(chance)
            wall, cpu = time.perf_counter(), time.thread_time()
            response = client.get(asked)
            times[name].append(((time.perf_counter() - wall) * 1000, (time.thread_time() - cpu) * 1000))
            assert response.status_code == 200, (asked, response.status_code)
    return times


def arrivals(owner: Any, count: int = 1000) -> tuple[float, float]:
    """Messages a second that are stored, and that are filed, through the workers' own functions."""
    from resonanz.foundation.channels.models import Channel
    from resonanz.foundation.work.engine import perform
    from resonanz.foundation.work.leases import claim
    from resonanz.inbound.conversations.worker import FILE, find_filing
    from resonanz.inbound.intake.services import store
    from resonanz.kernel.messages import Author, Message, MessageKind, Reference

    channel = Channel.objects.filter(workspace=owner.workspace).order_by("pk")[0]
    at = datetime(2026, 11, 22, tzinfo=UTC)
    new = [
        Message(
            Reference(f"n{n}"), MessageKind.MENTION, Author(f"n{n % 200}", f"n{n % 200}"), f"Frage {n}", at
        )
        for n in range(count)
    ]
    begin = time.perf_counter()
    for start in range(0, count, 40):
        store(channel, new[start : start + 40])
    stored = time.perf_counter()
    find_filing()
    while leases := claim(FILE, "benchmark"):
        perform(leases[0])
    return count / (stored - begin), count / (time.perf_counter() - stored)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def reference_ms() -> float:
    """What a million turns of a plain loop take here, in milliseconds of this thread."""
    begin = time.thread_time()
    sum(number * number for number in range(1_000_000))
    return (time.thread_time() - begin) * 1000


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="resonanz-inbox-") as folder:
        started(folder)
        owner = company()
        conversations = filled(owner, options.messages)
        times = timed(owner, options.requests)
        store_rate, file_rate = arrivals(owner)
        size = os.path.getsize(os.path.join(folder, "resonanz.sqlite3"))
    print(
        f"{options.messages:,} messages in {conversations:,} conversations; SQLite, {size / 2**20:.0f} MiB; "
        f"Python {platform.python_version()}, reference loop {reference_ms():.0f} ms; {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<26}{'wall ms':>27}{'cpu ms':>27}")
    print(f"{'page':<26}" + f"{'p50':>9}{'p95':>9}{'max':>9}" * 2)
    figures: dict[str, dict[str, float]] = {}
    for name, pairs in times.items():
        figures[name] = {}
        for kind, values in zip(("wall", "cpu"), map(list, zip(*pairs, strict=True)), strict=True):
            kinds = {"p50": statistics.median(values), "p95": p95(values), "max": max(values)}
            figures[name] |= {f"{kind}_{what}_ms": value for what, value in kinds.items()}
        print(f"{name:<26}" + "".join(f"{value:>9.1f}" for value in figures[name].values()))
    print(f"stored: {store_rate:.0f} messages/s; filed: {file_rate:.0f} messages/s (wall)")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"messages": options.messages, "pages": figures}, file, indent=2)
    return int(any(page["wall_p95_ms"] >= 100 for page in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
