"""`resonanz up`: web, sweep and worker in one process on one database."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from resonanz.cli import house
from resonanz.cli.text import _

log = logging.getLogger("resonanz.up")


@click.command(help=_("Start Resonanz: web, sweep and worker in one process."))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=_("Port to listen on.")
)
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help=_("Threads for due work.")
)
@click.option(
    "--serve",
    type=click.Choice(["all", "web", "work"]),
    default="all",
    show_default=True,
    help=_("Only the web, only the work, or all."),
)
def command(host: str, port: int, threads: int, serve: str) -> None:
    if serve != "work":
        listen_on(host, port)
    house.setup()
    prepare_database()
    run(host, port, threads, serve)


def listen_on(host: str, port: int) -> None:
    """Make this the address people open, unless RESONANZ_URL names another; ends here if the port is taken."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    os.environ.setdefault("RESONANZ_URL", f"http://{name}:{port}")
    if not _is_free(host, port):
        click.echo(
            _("Port {port} is taken. Stop what uses it, or choose another: resonanz up --port 8001").format(
                port=port
            ),
            err=True,
        )
        sys.exit(1)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def prepare_database() -> None:
    """Bring the database to this version; a copy of what was there before is kept first."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils.timezone import now

    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    if unknown := sorted(set(executor.loader.applied_migrations) - known):
        app, name = unknown[0]
        click.echo(
            _(
                "A newer Resonanz used this database ({migration}). Start that version, or restore a backup."
            ).format(migration=f"{app} {name}"),
            err=True,
        )
        sys.exit(1)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if executor.loader.applied_migrations and connection.vendor == "sqlite":
        folder = Path(settings.DATA) / "backups"
        folder.mkdir(exist_ok=True)
        copy = folder / f"before-upgrade-{now():%Y-%m-%d-%H%M%S}.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        click.echo(_("The database is upgraded; a copy of it lies at {path}").format(path=copy))
    call_command("migrate", verbosity=0, interactive=False)
    if not settings.EMBEDDED:
        call_command("createcachetable", verbosity=0)


def run(host: str, port: int, threads: int, serve: str) -> None:
    """Serve until told to stop; then finish what is in hand."""
    from resonanz.foundation.work.engine import Engine

    stopping = threading.Event()
    engines: list[Engine] = []

    def work() -> None:
        # A sweep that dies of something unforeseen begins anew; nobody should find the posts of a week unsent.
        while not stopping.is_set():
            engine = Engine(threads=threads)
            engines[:] = [engine]
            try:
                engine.run()
            except Exception:
                log.exception("the sweep stopped and starts again")
                stopping.wait(5)

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        for engine in engines:
            engine.stop()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker = threading.Thread(target=work, name="sweep")
    if serve != "web":
        worker.start()
    try:
        if serve == "work":
            click.echo(_("Resonanz is working. Ctrl-C ends it."))
            worker.join()
        else:
            _serve_web(host, port)
    finally:
        stopping.set()
        for engine in engines:
            engine.stop()
        if worker.is_alive():
            worker.join(60)


def _serve_web(host: str, port: int) -> None:
    import waitress
    from django.conf import settings

    from resonanz.config.wsgi import application
    from resonanz.foundation.workspaces import queries
    from resonanz.foundation.workspaces.setup import set_up_key

    server = waitress.create_server(
        application, host=host, port=port, threads=8, ident=None, clear_untrusted_proxy_headers=False
    )
    click.echo(_("Resonanz is ready: {address}").format(address=settings.BASE_URL))
    if not queries.anybody():
        # Whoever opens it from elsewhere must be whoever can read this terminal.
        key = set_up_key()
        click.echo(
            _("Nobody has set it up yet. From another machine it asks for this key: {key}").format(key=key)
        )
    click.echo(_("Data: {path}. Ctrl-C ends it.").format(path=settings.DATA))
    server.run()
