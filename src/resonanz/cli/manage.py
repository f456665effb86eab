"""`resonanz manage …`: Django's own management commands, with our settings."""

from __future__ import annotations

import os

import click


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["resonanz manage", *arguments])
