"""`resonanz rotate-keys`: a new key for the secrets of all channels."""

from __future__ import annotations

import click

from resonanz.cli import house
from resonanz.cli.text import _, ngettext


@click.command(
    help=_("Make a new key and put the secrets of all channels under it. Resonanz may run meanwhile.")
)
def command() -> None:
    house.setup()
    from django.conf import settings

    from resonanz.foundation.channels import services

    settings.ADD_ENCRYPTION_KEY()
    count = services.rotate_secrets()
    click.echo(
        ngettext(
            "{count} channel is under the new key.", "{count} channels are under the new key.", count
        ).format(count=count)
    )
    click.echo(_("Older keys stay in {path} for old backups.").format(path=settings.DATA / "encryption-keys"))
