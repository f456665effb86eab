"""`resonanz demo`: the demo company in a database of its own, beside yours."""

from __future__ import annotations

import os

import click

from resonanz.cli import house, up
from resonanz.cli.text import _
from resonanz.config.instance import data_folder


@click.command(help=_("Start the demo company in a database of its own; nothing leaves this machine."))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=_("Port to listen on.")
)
@click.option("--fresh", is_flag=True, help=_("Forget the last demo and begin anew."))
def command(port: int, fresh: bool) -> None:
    os.environ["RESONANZ_DATA"] = str(data_folder() / "demo")
    os.environ.pop("RESONANZ_DATABASE", None)  # never beside real data
    up.listen_on("127.0.0.1", port)
    house.setup()
    up.prepare_database()
    from resonanz.demo import company

    if fresh and company.find():
        company.remove(company.create())
    if not company.find():
        click.echo(_("Building 90 days of a company …"))
        company.create()
    up.run("127.0.0.1", port, 8, "all")
