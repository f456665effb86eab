"""`resonanz understand` on files as people have them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from resonanz.cli.understand import command
from resonanz.understanding import ASPECTS, KINDS, SENTIMENTS, load

KEYS = ["id", "language", "sentiment", *KINDS, "aspects", "evidence", "model"]


def run(data: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "-"], input=data)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_has_every_field_in_its_order() -> None:
    (row,) = rows(run('{"id": "a", "text": "Der Aufzug am Bahnhof ist schon wieder kaputt!"}\n'))
    assert list(row) == KEYS
    assert row["id"] == "a"
    assert row["language"] == "de"
    assert list(row["sentiment"]["p"]) == list(SENTIMENTS)
    assert sum(row["sentiment"]["p"].values()) == pytest.approx(1, abs=0.001)
    assert list(row["aspects"]) == list(ASPECTS)
    assert all(0 <= row[kind] <= 1 for kind in KINDS)


def test_evidence_lies_inside_the_text() -> None:
    text = "😀 Grüße! Der Aufzug am Bahnhof ist schon wieder kaputt, furchtbar!"
    (row,) = rows(run(json.dumps({"id": 1, "text": text}) + "\n"))
    assert row["evidence"]
    for start, end, label, weight in row["evidence"]:
        assert text[start:end].strip()
        assert label in (*SENTIMENTS, *KINDS, *ASPECTS)
        assert weight > 0


def test_output_keeps_the_input_order(tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "text": f"Text Nummer {n}"}) for n in range(2500)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    result = CliRunner().invoke(command, [str(tmp_path / "in.jsonl")])
    assert [row["id"] for row in rows(result)] == list(range(2500))
    assert "2500 texts read by" in result.stderr


def test_plain_lines_are_known_by_their_number() -> None:
    found = rows(run("\ufeffGuten Morgen\n\n[kein JSON]\n"))
    assert [row["id"] for row in found] == [1, 2, 3]
    assert found[1]["language"] == "unsure"
    assert found[1]["sentiment"]["label"] == "unsure"


def test_broken_lines_are_named_and_the_rest_goes_on() -> None:
    data = b'{"id": 1, "text": "gut"}\n{kaputt\n{"id": 2}\n{"id": 3, "text": 5}\n\xff\xff\n\n' + b"[" * 99_999
    result = run(data + b'\n{"id": 4, "text": "gut"}\n')
    assert [row["id"] for row in rows(result)] == [1, 4]
    for number in (2, 3, 4, 5, 7):
        assert f"Line {number}:" in result.stderr


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_are_read_by_their_header(separator: str) -> None:
    data = [
        f"id{separator}Kommentar",
        f'a{separator}"Gut,\nwirklich ""gut""; ja\tdoch"',
        "kurz",
        f"b{separator}Schlecht",
    ]
    result = run("\n".join(data) + "\n", "--text-column", "Kommentar")
    assert [row["id"] for row in rows(result)] == ["a", "b"]
    assert "Line 4:" in result.stderr


def test_rows_without_an_id_are_known_by_their_line() -> None:
    result = run(b"\xef\xbb\xbftext\ngut\n\xe4\nschlecht\n", "--text-column", "text")
    assert [row["id"] for row in rows(result)] == [2, 4]
    assert "Line 3:" in result.stderr


def test_a_missing_column_is_said() -> None:
    result = run("id,text\n1,gut\n", "--text-column", "Text")
    assert result.exit_code == 1
    assert "id, text" in result.stderr


def test_the_careful_tier_is_refused_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    load.cache_clear()
    result = run("gut\n", "--tier", "careful")
    load.cache_clear()
    assert result.exit_code == 1
    assert "--tier fast" in result.stderr


def test_the_careful_tier_has_the_same_fields() -> None:
    pytest.importorskip("onnxruntime")
    text = "Super nettes Personal, danke für die schnelle Hilfe!"
    (row,) = rows(run(text + "\n", "--tier", "careful"))
    assert list(row) == KEYS
    assert row["sentiment"]["label"] == "positive"
    assert row["model"].startswith("careful-")
    for start, end, _label, weight in row["evidence"]:
        assert text[start:end] in text.split()
        assert weight > 0


def test_nothing_in_nothing_out() -> None:
    assert rows(run("")) == []
