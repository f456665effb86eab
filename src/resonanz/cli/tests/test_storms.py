"""`resonanz storms` on tables as people have them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner, Result

from resonanz.cli.storms import command
from resonanz.cli.storms_plot import _round_marks

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
ONSET = MONDAY + timedelta(days=21, hours=12)


def table(with_negatives: bool = True, minutes: int = 5) -> list[str]:
    """Three weeks and a day in steps of 5 minutes, with a storm at noon of the last day."""
    rng = np.random.default_rng(20260105)
    steps = 22 * 1440 // minutes
    stamps = [MONDAY + timedelta(minutes=minutes * i) for i in range(steps)]
    storm = np.array(
        [min(60, 0.5 * 2 ** max(0, (s - ONSET) / timedelta(minutes=20))) if s >= ONSET else 0 for s in stamps]
    )
    usual, extra = rng.poisson(4.0, steps), rng.poisson(storm)
    negative = rng.binomial(usual, 0.2) + rng.binomial(extra, 0.55)
    head = "timestamp,count,negative" if with_negatives else "timestamp,value"
    rows = zip(stamps, usual + extra, negative, strict=True)
    return [head, *(f"{s:%Y-%m-%d %H:%M:%S},{c}" + (f",{n}" if with_negatives else "") for s, c, n in rows)]


def run(tmp_path: Path, lines: list[str], *options: str) -> Result:
    file = tmp_path / "series.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return CliRunner().invoke(command, [str(file), *options])


def rows_of(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize(("with_negatives", "kind"), [(True, "shitstorm"), (False, "attention")])
def test_one_alarm_for_one_storm_and_a_score_on_every_row(
    tmp_path: Path, with_negatives: bool, kind: str
) -> None:
    lines = table(with_negatives)
    rows = rows_of(run(tmp_path, lines, "--sensitivity", "1"))
    assert list(rows[0]) == ["timestamp", "score", "alarm", "kind", "level"]
    assert [r["timestamp"] for r in rows] == [line.split(",")[0] for line in lines[1:]]
    scores = [float(r["score"]) for r in rows]
    assert min(scores) >= 0
    assert max(scores) <= 1
    (alarm,) = [r for r in rows if r["alarm"] == "1"]
    assert alarm["kind"] == kind
    assert [r for r in rows if float(r["score"]) >= 0.5] == [alarm]
    at = datetime.fromisoformat(alarm["timestamp"]).replace(tzinfo=UTC)
    assert timedelta(0) < at - ONSET < timedelta(hours=3)
    assert max(int(r["level"]) for r in rows) >= 3


def test_the_score_uses_only_the_past(tmp_path: Path) -> None:
    lines = table()
    whole = rows_of(run(tmp_path, lines))
    part = rows_of(run(tmp_path, lines[:-100]))
    assert part == whole[:-100]


def test_bad_rows_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = table()
    lines[10:10] = [
        "yesterday,4,1",
        "2026-01-05 00:10:00,many,1",
        "2026-01-05 00:10:30,3,7",
        "2026-01-05 00:12:00,-3,",
    ]
    lines.append(lines[500])
    swapped = [*lines[:700], lines[701], lines[700], *lines[702:]]
    result = run(tmp_path, swapped)
    assert len(rows_of(result)) == len(table()) - 1
    for row, word in (
        (11, "no time"),
        (12, "no number"),
        (13, "more negative"),
        (14, "less than"),
        (702, "sorted in"),
    ):
        assert any(line.startswith(f"Row {row}:") and word in line for line in result.stderr.splitlines()), (
            result.stderr
        )
    assert "counted once" in result.stderr


def test_gaps_and_irregular_spacing_do_not_alarm(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    spacing = rng.integers(3, 9, 4000)
    lines = ["timestamp,count"]
    for minute, length in zip(np.cumsum(spacing) - spacing, spacing, strict=True):
        if not 5000 < minute < 6500:
            lines.append(f"{MONDAY + timedelta(minutes=int(minute))},{rng.poisson(length)}")
    assert not [r for r in rows_of(run(tmp_path, lines, "--sensitivity", "1")) if r["alarm"] == "1"]


def test_words_and_picture(tmp_path: Path) -> None:
    picture = tmp_path / "storm.svg"
    result = run(tmp_path, table(), "--explain", "--plot", str(picture))
    assert "1 alarm" in result.stderr
    assert "shitstorm, level" in result.stderr
    assert "It began about 2026-01-26" in result.stderr
    drawn = picture.read_text("utf-8")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert drawn.count('class="alarm"') == 1


def test_more_sensitivity_never_alarms_later(tmp_path: Path) -> None:
    first = {}
    for rate in ("0.1", "10"):
        alarms = [
            r["timestamp"]
            for r in rows_of(run(tmp_path, table(), "--sensitivity", rate))
            if r["alarm"] == "1"
        ]
        first[rate] = alarms[0]
    assert first["10"] <= first["0.1"]


def german(line: str) -> str:
    """A row of `table` as a German spreadsheet writes it."""
    if line.startswith("timestamp"):
        return "Zeitpunkt;Anzahl;Negativ"
    stamp, *numbers = line.split(",")
    return ";".join([f"{datetime.fromisoformat(stamp):%d.%m.%Y %H:%M}", *(f"{n},0" for n in numbers)])


def test_a_table_from_a_german_spreadsheet_says_the_same(tmp_path: Path) -> None:
    plain = rows_of(run(tmp_path, table()))
    file = tmp_path / "excel.csv"
    text = "sep=;\r\n" + "\r\n".join(german(line) for line in table()) + "\r\n"
    file.write_text(text, "utf-8-sig", newline="")
    result = CliRunner().invoke(command, [str(file)])
    assert result.stderr == ""
    rows = rows_of(result)
    assert rows[0]["timestamp"] == "05.01.2026 00:00"
    assert [[*r.values()][1:] for r in rows] == [[*r.values()][1:] for r in plain]


def test_a_table_may_come_from_another_program(tmp_path: Path) -> None:
    lines = table()
    piped = CliRunner().invoke(command, ["-"], input="\n".join(lines) + "\n")
    assert piped.stdout == run(tmp_path, lines).stdout


def test_words_use_the_clock_of_the_table(tmp_path: Path) -> None:
    rows = rows_of(result := run(tmp_path, table(), "--explain"))
    (alarm,) = [r for r in rows if r["alarm"] == "1"]
    said = datetime.fromisoformat(result.stderr.splitlines()[1][:16])
    # A row's alarm is known at its end.
    assert said == datetime.fromisoformat(alarm["timestamp"]) + timedelta(minutes=5)


def stamps(begin: datetime, hours: int) -> list[str]:
    return [f"{begin + timedelta(minutes=30 * i):%Y-%m-%d %H:%M},3" for i in range(2 * hours)]


def test_an_hour_that_the_zone_skips_shows_that_the_table_is_in_utc(tmp_path: Path) -> None:
    lines = ["timestamp,count", *stamps(datetime(2026, 3, 28), 48)]  # noqa: DTZ001 - naive like the table
    result = run(tmp_path, lines)
    assert len(rows_of(result)) == 96
    assert result.stderr.startswith("Row 54: the zone’s clocks never showed 2026-03-29 02:00")
    assert run(tmp_path, lines, "--zone", "UTC").stderr == ""


def test_the_night_in_which_the_clocks_go_back_has_all_its_rows(tmp_path: Path) -> None:
    begin, zone = datetime(2026, 10, 24, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    moments = [(begin + timedelta(minutes=30 * i)).astimezone(zone) for i in range(96)]
    result = run(tmp_path, ["timestamp,count", *(f"{m:%Y-%m-%d %H:%M},3" for m in moments)])
    assert result.stderr == ""
    assert len(rows_of(result)) == 96


def test_impossible_numbers_are_named(tmp_path: Path) -> None:
    bad = ["nan,1", "inf,1", "1e300,1", "-inf,1", "3,-1"]
    lines = [*table(), *(f"2026-02-01 00:0{i}:00,{numbers}" for i, numbers in enumerate(bad))]
    result = run(tmp_path, lines)
    assert [line.split(": ", 1)[1][:12] for line in result.stderr.splitlines()] == [
        "“inf” is no ",
        "1e300 is mor",
        "“-inf” is no",
        "-1 is less t",
    ]
    assert len(rows_of(result)) == len(table())  # nan is a row that nobody observed


def test_one_row_and_a_gap_of_weeks(tmp_path: Path) -> None:
    (only,) = rows_of(run(tmp_path, ["timestamp,count", "2026-01-01,3"]))
    assert (only["alarm"], only["level"]) == ("0", "0")
    after_weeks = rows_of(run(tmp_path, [*table(), "2026-04-01 00:00:00,4,1"]))
    assert int(after_weeks[-2]["level"]) >= 3
    assert (after_weeks[-1]["kind"], after_weeks[-1]["level"]) == ("", "0")


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--zone", "Europe", "no such time zone"),
        ("--sensitivity", "nan", "not a number"),
        ("--plot", "no/such/folder.svg", "No such file"),
    ],
)
def test_impossible_options_are_refused_in_one_sentence(
    tmp_path: Path, option: str, value: str, word: str
) -> None:
    result = run(tmp_path, table(minutes=60), option, value)
    assert result.exit_code in (1, 2)
    assert word in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([], "empty"),
        (["when,count"], "timestamp"),
        (["timestamp,n"], "count"),
        (["timestamp,count"], "no usable row"),
        (["timestamp,count", "x,y"], "no usable row"),
    ],
)
def test_tables_that_are_none_are_refused_clearly(tmp_path: Path, lines: list[str], word: str) -> None:
    result = run(tmp_path, lines)
    assert result.exit_code == 1
    assert word in result.stderr


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, table(), "--zone", "Middle/Earth").exit_code == 2


@pytest.mark.parametrize(
    ("highest", "marks"),
    [(353, [0, 100, 200, 300, 400]), (7, [0, 2, 4, 6, 8]), (0.3, [0, 0.1, 0.2, 0.3]), (0, 2)],
)
def test_the_axis_has_round_marks_that_reach_the_top(highest: float, marks: list[float] | int) -> None:
    found = _round_marks(highest)
    assert found == pytest.approx(marks) if isinstance(marks, list) else len(found) == marks
    assert found[-1] >= highest
