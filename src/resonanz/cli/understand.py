"""`resonanz understand`: what texts say and how. Needs no database and no configuration."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import click

from resonanz.cli.lines import text_entry
from resonanz.cli.text import _
from resonanz.understanding import ModelError, Reading, Tier, TierMissing, load
from resonanz.understanding.compiled import AVAILABLE

BATCH = 1000
SECONDS_BETWEEN_NEWS = 5.0
LONGEST_FIELD = 1 << 24  # characters of a CSV cell


@dataclass(slots=True)
class Batch:
    """Texts that are read together."""

    ids: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@click.command(help=_("Say what texts are about and how they are meant; needs no database."))
@click.option("--text-column", help=_("The input is CSV with a header, and this column holds the texts."))
@click.option(
    "--id-column", default="id", show_default=True, help=_("The column of the ids, if there is one.")
)
@click.option(
    "--tier",
    type=click.Choice(["fast", "careful"]),
    default="fast",
    show_default=True,
    help=_("fast for many texts, careful for the best reading."),
)
@click.argument("file", metavar="[FILE|-]", type=click.File("rb"), default="-")
def command(file: BinaryIO, text_column: str | None, id_column: str, tier: str) -> None:
    reader = _tier(tier)
    if not AVAILABLE:
        _tell(_("Without numba this takes many times as long: pip install 'resonanz[fast]' speeds it up."))
    texts = _from_csv(file, text_column, id_column) if text_column else _from_lines(file)
    done, news = 0, time.monotonic() + SECONDS_BETWEEN_NEWS
    out = sys.stdout.buffer
    for batch in _batches(texts):
        out.write(b"".join(_written(reader, batch)))
        out.flush()
        done += len(batch.texts)
        if time.monotonic() > news:
            news = time.monotonic() + SECONDS_BETWEEN_NEWS
            _tell(_("{texts} texts read.").format(texts=done))
    _tell(_("{texts} texts read by {model}.").format(texts=done, model=reader.version))


def _tier(name: str) -> Tier:
    """The tier asked for. Refused rather than replaced: whoever asks for the careful one wants its readings."""
    try:
        return load("careful" if name == "careful" else "fast")
    except TierMissing:
        raise click.ClickException(
            _("The careful tier needs ONNX Runtime: pip install 'resonanz[careful]'. --tier fast needs none.")
        ) from None
    except ModelError as error:
        raise click.ClickException(_("The model can't be loaded: {why}").format(why=error)) from None


def _written(reader: Tier, batch: Batch) -> Iterator[bytes]:
    for id_, text, reading in zip(batch.ids, batch.texts, reader.label(batch.texts).readings(), strict=True):
        # A lone surrogate has no UTF-8; as backslash, u and four digits it is right in JSON.
        line = json.dumps(_row(id_, text, reading, reader), ensure_ascii=False)
        yield line.encode("utf-8", "backslashreplace") + b"\n"


def _row(id_: Any, text: str, reading: Reading, reader: Tier) -> dict[str, Any]:
    evidence = reader.evidence(text, reading.given) if reading.given else []
    return {
        "id": id_,
        "language": reading.language,
        "sentiment": {"label": reading.sentiment, "p": reading.sentiments},
        **reading.kinds,
        "aspects": reading.aspects,
        "evidence": [[e.start, e.end, e.label, e.weight] for e in evidence],
        "model": reading.model,
    }


def _batches(texts: Iterator[tuple[Any, str]]) -> Iterator[Batch]:
    batch = Batch()
    for id_, text in texts:
        batch.ids.append(id_)
        batch.texts.append(text)
        if len(batch.texts) == BATCH:
            yield batch
            batch = Batch()
    if batch.texts:
        yield batch


def _from_lines(file: BinaryIO) -> Iterator[tuple[Any, str]]:
    """JSON Lines if the first line that is not empty is an object, else a text a line; its number is its id then."""
    as_json: bool | None = None
    for number, raw in enumerate(file, 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            _report(number, _("no UTF-8"))
            continue
        if as_json is None and line.strip():
            as_json = line.lstrip().startswith("{")
        if not as_json:
            yield number, line
        elif line.strip():
            try:
                yield _entry(line)
            except ValueError as error:
                _report(number, str(error))


def _entry(line: str) -> tuple[Any, str]:
    """(id, text) of one line of JSON. Raises ValueError with a sentence."""
    entry = text_entry(line)
    return entry["id"], entry["text"]


def _from_csv(file: BinaryIO, text_column: str, id_column: str) -> Iterator[tuple[Any, str]]:
    """Rows of a table with a header, cells parted by comma, semicolon or tab. A line's number stands in for an id."""
    csv.field_size_limit(LONGEST_FIELD)
    lines = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    header = lines.readline()
    separator = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=separator), [])
    if text_column not in names:
        raise click.ClickException(
            _("There is no column “{name}”; there are: {names}").format(
                name=text_column, names=", ".join(names)
            )
        )
    rows = csv.reader(lines, delimiter=separator)
    at, id_at = names.index(text_column), names.index(id_column) if id_column in names else None
    while True:
        number = rows.line_num + 2  # the header was read before; a row may span lines
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            _report(number, str(error))
            continue
        if not row:
            continue
        if len(row) <= max(at, id_at or 0):
            _report(number, _("the row ends before the column"))
        elif _has_broken_bytes(row[at]):
            _report(number, _("no UTF-8"))
        else:
            yield (number if id_at is None else row[id_at]), row[at]


def _has_broken_bytes(text: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in text)


def _report(number: int, what: str) -> None:
    _tell(_("Line {number}: {what}").format(number=number, what=what))


def _tell(text: str) -> None:
    click.echo(text, err=True)
