"""`resonanz doctor`: look at everything that must be right, and say what to do where it is not."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import click

from resonanz import __version__
from resonanz.cli import house
from resonanz.cli.text import _, ngettext

IDLE_MEMORY_MB = 300
IDLE_CPU_PERCENT = 2.0
LEAST_DISK_GB = 1.0


@dataclass(frozen=True)
class Result:
    """What was looked at, whether it is right (None: nothing to judge), what was found, what to do if it is not."""

    name: str
    ok: bool | None
    found: str
    remedy: str = ""


@click.command(help=_("Check installation, database, disk, clock, workers and channels; say what to do."))
def command() -> None:
    house.setup()
    results = [result for check in CHECKS for result in check()]
    for result in results:
        sign, colour = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "cyan")}[result.ok]
        click.echo(f"{click.style(sign, fg=colour)} {result.name}: {result.found}")
        if result.remedy and not result.ok:
            click.echo(f"    → {result.remedy}")
    bad = sum(result.ok is False for result in results)
    click.echo()
    click.echo(
        ngettext("{count} thing needs you.", "{count} things need you.", bad).format(count=bad)
        if bad
        else _("All is well.")
    )
    sys.exit(1 if bad else 0)


def installation() -> Iterator[Result]:
    from django.conf import settings
    from django.contrib.staticfiles import finders

    python = ".".join(map(str, sys.version_info[:3]))
    yield Result(_("Resonanz"), True, f"{__version__}, Python {python}")
    assets = finders.find("vendor/tabler.css")
    yield Result(_("Front end"), bool(assets), _("built") if assets else _("missing"), "make assets")
    fast = find_spec("numba") is not None
    yield Result(
        _("Compiled kernels"),
        None if not fast else True,
        _("available") if fast else _("not installed: slower"),
        "pip install 'resonanz[fast]'",
    )
    private = [
        name
        for name in ("secret-key", "encryption-keys", "audit-key")
        if (path := Path(settings.DATA) / name).exists() and path.stat().st_mode & 0o077
    ]
    yield Result(
        _("Keys"),
        not private,
        _("readable by others: {names}").format(names=", ".join(private)) if private else _("private"),
        f"chmod 600 {settings.DATA}/*-key*",
    )


def database() -> Iterator[Result]:
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        yield Result(
            _("Database"),
            False,
            type(error).__name__,
            _("Is RESONANZ_DATABASE right, and the server running?"),
        )
        return
    if connection.vendor == "sqlite":
        size = Path(settings.DATABASES["default"]["NAME"]).stat().st_size / 2**20
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            sound = cursor.fetchone()[0] == "ok"
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
        yield Result(
            _("Database"),
            sound,
            f"SQLite {sqlite3.sqlite_version}, {mode}, {size:.1f} MB",
            _("The file is damaged: stop Resonanz and restore the last backup."),
        )
    else:
        yield Result(_("Database"), True, "PostgreSQL")
    yield Result(
        _("Migrations"),
        not pending,
        _("up to date")
        if not pending
        else ngettext("{count} to apply", "{count} to apply", pending).format(count=pending),
        "resonanz up",
    )


def disk() -> Iterator[Result]:
    from django.conf import settings

    free = shutil.disk_usage(settings.DATA).free / 2**30
    enough = free >= LEAST_DISK_GB
    yield Result(
        _("Disk"),
        enough,
        _("{free} GB free at {path}").format(free=f"{free:.1f}", path=settings.DATA),
        _("Free some space: without it nothing can be stored."),
    )


def clock() -> Iterator[Result]:
    """A wrong clock publishes at the wrong time. Linux knows whether something keeps it right."""
    from django.utils.timezone import now

    synchronised = (
        Path("/run/systemd/timesync/synchronized").exists() or Path("/run/chrony/chronyd.pid").exists()
    )
    yield Result(
        _("Clock"),
        True if synchronised else None,
        f"{now():%Y-%m-%d %H:%M:%S} UTC" + (", " + _("nothing on this machine was seen to keep it right")),
        _("Compare it with a clock you trust, or install systemd-timesyncd."),
    )


def workers() -> Iterator[Result]:
    from django.db import DatabaseError
    from django.utils.timezone import now

    from resonanz.foundation.work import beats, queries

    try:
        alive = list(beats.alive())
        overdue = queries.overdue(now() - timedelta(minutes=2))
    except DatabaseError:
        return
    yield Result(
        _("Workers"),
        bool(alive),
        ngettext("{count} alive", "{count} alive", len(alive)).format(count=len(alive)),
        _("Nothing is published or read until one runs: resonanz up"),
    )
    for worker in alive:
        memory, cpu = worker.memory_bytes / 2**20, worker.cpu_share * 100
        modest = memory <= IDLE_MEMORY_MB
        yield Result(
            _("Worker {name}").format(name=worker.name),
            modest,
            _("{memory} (idle: up to {most_memory}), {cpu} of a core (idle: up to {most_cpu})").format(
                memory=f"{memory:.0f} MB",
                most_memory=f"{IDLE_MEMORY_MB} MB",
                cpu=f"{cpu:.1f} %",
                most_cpu=f"{IDLE_CPU_PERCENT:.0f} %",
            ),
            _("It uses more memory than it should; please tell us what it was doing."),
        )
    late = sum(overdue.values())
    yield Result(
        _("Overdue work"),
        not late,
        ", ".join(f"{name} {count}" for name, count in overdue.items() if count) or "0",
        ""
        if not late
        else _("It waits longer than two minutes: is a worker running, is the machine overloaded?"),
    )


def channels() -> Iterator[Result]:
    from django.db import DatabaseError

    from resonanz.foundation.channels import health

    try:
        states = health.states()
    except DatabaseError:
        return
    if not states:
        yield Result(_("Channels"), None, _("none connected yet"))
    for state in states:
        yield Result(
            state.name,
            state.usable,
            state.state,
            _("Settings → Channels → reconnect"),
        )


def audit() -> Iterator[Result]:
    from django.db import DatabaseError

    from resonanz.foundation.audit.services import verify_all

    try:
        broken = verify_all()
    except DatabaseError:
        return
    yield Result(
        _("Audit trail"),
        not broken,
        _("every seal holds")
        if not broken
        else ", ".join(f"{found.workspace} {found.number} {found.reason}" for found in broken),
        ""
        if not broken
        else _("Somebody changed the audit trail behind Resonanz's back; compare with a backup."),
    )


CHECKS: tuple[Callable[[], Iterator[Result]], ...] = (
    installation,
    database,
    disk,
    clock,
    workers,
    channels,
    audit,
)
