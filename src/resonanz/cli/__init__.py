"""The `resonanz` command. Each subcommand is imported only when it is called, so that the pure ones start fast."""

from __future__ import annotations

import importlib

import click

from resonanz import __version__
from resonanz.cli.text import _, gettext_noop

# name → (module:attribute, one line of help). The help stands here so that `--help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("resonanz.cli.up:command", gettext_noop("Start Resonanz: web, sweep and worker in one process.")),
    "demo": (
        "resonanz.cli.demo:command",
        gettext_noop("Start the demo company in a database of its own; nothing leaves this machine."),
    ),
    "doctor": (
        "resonanz.cli.doctor:command",
        gettext_noop("Check installation, database, disk, clock, workers and channels; say what to do."),
    ),
    "backup": (
        "resonanz.cli.backup:command",
        gettext_noop("Copy database, media and keys into a new folder; Resonanz may run meanwhile."),
    ),
    "rotate-keys": (
        "resonanz.cli.rotate:command",
        gettext_noop(
            "Make a new key and put the secrets of all channels under it. Resonanz may run meanwhile."
        ),
    ),
    "match": (
        "resonanz.cli.match:command",
        gettext_noop("Say which queries match which texts; needs no database."),
    ),
    "understand": (
        "resonanz.cli.understand:command",
        gettext_noop("Say what texts are about and how they are meant; needs no database."),
    ),
    "storms": (
        "resonanz.cli.storms:command",
        gettext_noop("Find storms in a table of counts; needs no database."),
    ),
    "manage": ("resonanz.cli.manage:command", gettext_noop("Django's own management commands.")),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, (_path, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    help=_("Resonanz: listen, answer, publish."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="resonanz", help=_("Show the version and exit."))
def main() -> None:
    pass
