"""`resonanz backup FOLDER`: everything worth keeping, while Resonanz runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from resonanz.cli import house
from resonanz.cli.text import _

KEYS = ("secret-key", "encryption-keys", "audit-key")


@click.command(help=_("Copy database, media and keys into a new folder; Resonanz may run meanwhile."))
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    if folder.exists():
        click.echo(_("{path} exists already. Name a folder that does not.").format(path=folder), err=True)
        sys.exit(1)
    house.setup()
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite":
        click.echo(_("This database is PostgreSQL: back it up with pg_dump. Media and keys are copied."))
    # Written beside its place and renamed at the end: a folder of that name is a whole backup.
    draft = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft / "resonanz.sqlite3")])
    # After the database: a file that came in between is one too many, never one too few.
    if (settings.DATA / "media").exists():
        shutil.copytree(settings.DATA / "media", draft / "media")
    for name in KEYS:
        if (settings.DATA / name).exists():
            shutil.copy2(settings.DATA / name, draft / name)
    draft.rename(folder)
    click.echo(
        _("Backup: {path}. Keep it where nobody else reads it: it holds the keys.").format(path=folder)
    )
