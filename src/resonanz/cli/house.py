"""Starting Django for the commands that need it."""

from __future__ import annotations

import os
import sys

import click

from resonanz.cli.text import _


def setup() -> None:
    """Load the settings and the apps. Says in one sentence what is wrong with the data folder, if something is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
    import django

    try:
        django.setup()
    except PermissionError as error:
        click.echo(_("The data folder cannot be written: {path}. Set RESONANZ_DATA to a folder of your own.").format(
            path=error.filename), err=True)  # fmt: skip
        sys.exit(1)
