"""`resonanz match`: which queries match which texts. Needs no database and no configuration."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import click

from resonanz.cli.lines import text_entry
from resonanz.cli.match_words import sentence
from resonanz.cli.text import _, ngettext
from resonanz.matching import (
    Properties,
    Query,
    QueryError,
    QuerySet,
    available,
    bulk,
    must_compile,
    parse,
)

READ_BYTES = 1 << 18  # at most so much at a time; from a pipe, what has come so far
SECONDS_BETWEEN_NEWS = 5.0


@dataclass(slots=True)
class Batch:
    """Texts that are matched together."""

    ids: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    properties: list[Properties] = field(default_factory=list)


@click.command(help=_("Say which queries match which texts; needs no database."))
@click.option(
    "--queries",
    "queries_file",
    type=click.File("rb"),
    required=True,
    help=_("The queries, one a line: id, tab, query."),
)
@click.argument("texts_file", metavar="[FILE|-]", type=click.File("rb"), default="-")
def command(queries_file: BinaryIO, texts_file: BinaryIO) -> None:
    if queries_file is texts_file:
        raise click.UsageError(_("Queries and texts cannot both come from standard input."))
    _tell_of_slowness()
    with bulk():
        queries = QuerySet.compile(dict(_queries(queries_file)))
    _tell(ngettext("{n} query ready.", "{n} queries ready.", len(queries.ids)).format(n=len(queries.ids)))
    try:
        _match(queries, texts_file, sys.stdout.buffer)
    except BrokenPipeError:
        raise  # whoever read has seen enough: click ends quietly
    except OSError as error:  # no space left, most likely
        raise click.ClickException(str(error)) from error


def _tell_of_slowness() -> None:
    if available() == "python":
        _tell(
            _("Without numba matching takes many times as long: pip install 'resonanz[fast]' speeds it up.")
        )
    elif must_compile():
        _tell(_("First use here: machine code is made now and kept, which takes about half a minute."))


def _match(queries: QuerySet, texts_file: BinaryIO, out: BinaryIO) -> None:
    texts = matched = 0
    news = time.monotonic() + SECONDS_BETWEEN_NEWS
    for batch in _batches(texts_file):
        found = queries.match(batch.texts, batch.properties).by_text()
        texts, matched = texts + len(batch.texts), matched + len(found)
        out.write(b"".join(_line(batch.ids[number], ids) for number, ids in found.items()))
        out.flush()
        if time.monotonic() > news:
            news = time.monotonic() + SECONDS_BETWEEN_NEWS
            _tell(_news(texts, matched))
    _tell(_news(texts, matched))


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _news(texts: int, matched: int) -> str:
    return _("{texts} texts read, {matched} with a match.").format(texts=texts, matched=matched)


def _line(id_: Any, ids: list[str]) -> bytes:
    # A lone surrogate has no UTF-8; as backslash, u and four digits it is right in JSON.
    line = json.dumps({"id": id_, "matches": ids}, ensure_ascii=False)
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _queries(file: BinaryIO) -> Iterator[tuple[str, Query]]:
    """(id, query) of each line that is right; the others are reported."""
    seen: set[str] = set()
    for number, line in enumerate(file, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            if not text.strip():
                continue
            id_, tab, written = text.partition("\t")
            if not tab or not id_:
                raise ValueError(_("id, tab and query are needed"))
            if id_ in seen:
                raise ValueError(_("there is a query of this id already: {id}").format(id=id_))
            query = parse(written)
        except QueryError as refused:
            _report(number, _("Queries"), sentence(refused, written))
        except UnicodeDecodeError:
            _report(number, _("Queries"), _("no UTF-8"))
        except ValueError as error:
            _report(number, _("Queries"), str(error))
        else:
            seen.add(id_)
            yield id_, query


def _batches(file: BinaryIO) -> Iterator[Batch]:
    """The texts as they come in; lines that are wrong are reported."""
    number = 0
    for lines in _lines(file):
        batch = Batch()
        for line in lines:
            number += 1
            if line.strip():
                try:
                    _add(line, batch)
                except ValueError as error:
                    _report(number, _("Texts"), str(error))
        if batch.texts:
            yield batch


def _lines(file: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines, as many as can be had without waiting for more."""
    read = getattr(file, "read1", file.read)
    rest: list[bytes] = []
    while chunk := read(READ_BYTES):
        complete, newline, after = chunk.rpartition(b"\n")
        if newline:
            yield b"".join((*rest, complete)).split(b"\n")
            rest = [after]
        else:
            rest.append(chunk)
    if any(rest):
        yield [b"".join(rest)]


def _add(line: bytes, batch: Batch) -> None:
    """Put one line of JSON into the batch. Raises ValueError with a sentence."""
    entry = text_entry(line)
    for name in ("author", "lang", "network"):
        if not isinstance(entry.get(name), str | None):
            raise ValueError(_("“{name}” must be text").format(name=name))
    links = entry.get("links")
    if links is not None and not (isinstance(links, list) and all(isinstance(link, str) for link in links)):
        raise ValueError(_("“links” must be a list of addresses"))
    batch.ids.append(entry["id"])
    batch.texts.append(entry["text"])
    batch.properties.append(Properties(entry.get("author"), entry.get("lang"), entry.get("network"), links))


def _report(number: int, where: str, what: str) -> None:
    _tell(_("{where}, line {number}: {what}").format(where=where, number=number, what=what))
