"""`resonanz storms FILE.csv`: find storms in a series of counts, without any database."""

from __future__ import annotations

import csv
import sys
from math import isnan
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from resonanz.cli.storms_plot import draw
from resonanz.cli.storms_words import FAULTS, NO_SERIES, summary, words
from resonanz.cli.text import _
from resonanz.detection import DEFAULT_SENSITIVITY, Topic, Watch
from resonanz.detection.alarms import kind_of, level_of
from resonanz.detection.series import NoSeries, Series, follow, read
from resonanz.detection.topic import PLAIN_SENSITIVITY, Integers, Track

_MOST_FAULTS_SHOWN = 20


def _zone(_context: click.Context, _parameter: click.Parameter, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (
        ZoneInfoNotFoundError,
        ValueError,
        OSError,
    ) as error:  # OSError: a folder of zones, such as Europe
        raise click.BadParameter(_("no such time zone: {zone}").format(zone=value)) from error


def _rate(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and isnan(value):  # which no range refuses
        raise click.BadParameter(_("not a number"))
    return value


@click.command(
    help=_(
        "Find storms in FILE: a CSV table with the columns timestamp, count and, where known, negative and authors."
    )
)
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help=_("Draw the series into this SVG file."),
)
@click.option("--explain", is_flag=True, help=_("Say each alarm in words (on the error output)."))
@click.option(
    "--sensitivity",
    type=click.FloatRange(0, 1000, min_open=True),
    callback=_rate,
    help=_(
        "False alarms accepted per year. Without it {toned:g}, or {plain:g} where the table has no negatives."
    ).format(toned=DEFAULT_SENSITIVITY, plain=PLAIN_SENSITIVITY),
)
@click.option(
    "--zone",
    default="Europe/Berlin",
    show_default=True,
    callback=_zone,
    help=_("Time zone whose days and weeks people live by, and of times that name none."),
)
def command(
    file: TextIO, plot: Path | None, explain: bool, sensitivity: float | None, zone: ZoneInfo
) -> None:
    try:
        series = read(file, zone)
    except NoSeries as error:
        raise click.ClickException(_(NO_SERIES[error.code])) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(_("This is no CSV table in UTF-8.")) from error
    _report_faults(series)
    usual_rate = DEFAULT_SENSITIVITY if series.moods else PLAIN_SENSITIVITY
    watch = Watch(moods=series.moods, false_alarms_per_year=sensitivity or usual_rate, zone=zone)
    track, step_of_row = follow(Topic(watch), series)
    _write(series, track, step_of_row)
    if explain:
        click.echo(summary(series, track), err=True)
        for alarm in track.alarms:
            click.echo(words(alarm, zone), err=True)
    if plot:
        try:
            plot.write_text(draw(series, track, zone), "utf-8")
        except OSError as error:
            raise click.FileError(str(plot), error.strerror) from error


def _report_faults(series: Series) -> None:
    for fault in series.faults[:_MOST_FAULTS_SHOWN]:
        text = _(FAULTS[fault.code]).format(text=fault.text)
        click.echo(_("Row {line}: {text}").format(line=fault.line, text=text), err=True)
    more = len(series.faults) - _MOST_FAULTS_SHOWN
    if more > 0:
        click.echo(_("… and {more} more rows like these.").format(more=more), err=True)


def _write(series: Series, track: Track, step_of_row: Integers) -> None:
    """One line a row, in order of time; of several rows within one minute only the last carries the alarm."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["timestamp", "score", "alarm", "kind", "level"])
    for i, stamp in enumerate(series.stamps):
        step = int(step_of_row[i])
        last = i + 1 == len(step_of_row) or step_of_row[i + 1] != step
        row, episode = track.rows[step], int(track.episode[step])
        alarm = int(track.alarm[step] > 0 and last)
        score = track.score[step] if last else min(track.score[step], 0.49)
        kind = kind_of(episode, row, series.moods)
        level = level_of(episode, row, float(track.thresholds[step]), series.moods)
        writer.writerow([stamp, f"{score:.4f}", alarm, kind.value if kind else "", level])
