"""`resonanz match` on files as people have them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from resonanz.cli.match import command
from resonanz.cli.match_words import WHY, sentence
from resonanz.matching import Code, QueryError

DOCS = Path(__file__).parents[4] / "docs"
QUERIES = [
    "bank\t~bank NOT Jobs",
    "fee\tSparkass* NEAR/5 (teuer OR Gebühr)",
    "max\tfrom:max OR link:bank.example",
]


def run(tmp_path: Path, queries: list[str], texts: list[Any], *, by_pipe: bool = False) -> Result:
    """Texts that are no strings are written as JSON."""
    lines = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    (tmp_path / "queries.tsv").write_text("\n".join(queries), "utf-8")
    (tmp_path / "texts.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    arguments = ["--queries", str(tmp_path / "queries.tsv")]
    if by_pipe:
        return CliRunner().invoke(command, [*arguments, "-"], input="\n".join(lines))
    return CliRunner().invoke(command, [*arguments, str(tmp_path / "texts.jsonl")])


def found(result: Result) -> list[tuple[Any, list[str]]]:
    assert result.exit_code == 0, result.output
    return [(line["id"], line["matches"]) for line in map(json.loads, result.stdout.splitlines())]


@pytest.mark.parametrize("by_pipe", [False, True])
def test_texts_with_a_match_come_out_in_order(tmp_path: Path, by_pipe: bool) -> None:
    texts = [
        {"id": 2, "text": "Die Sparkasse ist zu teuer für eine Hausbank"},
        {"id": "b", "text": "nichts"},
        {"id": "ü", "text": "BANKEN", "author": "@Max@social.example"},
        {"id": 1, "text": "", "links": ["https://www.bank.example/x"], "lang": None},
    ]
    expected = [(2, ["bank", "fee"]), ("ü", ["bank", "max"]), (1, ["max"])]
    assert found(run(tmp_path, QUERIES, texts, by_pipe=by_pipe)) == expected


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    queries = ["\ufeffa\tbank", "", "b", "a\tx", "c\tSp*rk", "d\tlang:de", "e\tbank"]
    texts = [
        "kaputt",
        {"id": 1, "text": "Bank"},
        "",
        {"id": 2},
        {"id": 3, "text": "Bank", "lang": 5},
        "[" * 100_000,
    ]
    result = run(
        tmp_path, queries, [*texts, {"id": 4, "text": "Bank", "links": "x"}, {"id": 5, "text": "Bank"}]
    )
    assert found(result) == [(1, ["a", "e"]), (5, ["a", "e"])]
    for place in ("Queries, line 3:", "Queries, line 4:", "Queries, line 5:", "Queries, line 6:"):
        assert place in result.stderr
    for number in (1, 4, 5, 6, 7):
        assert f"Texts, line {number}:" in result.stderr
    assert "(character 1: Sp*rk)" in result.stderr
    assert "8 texts" not in result.stderr
    assert "2 texts read, 2 with a match." in result.stderr


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "queries.tsv").write_bytes(b"a\tbank\nb\t\xff\xfe\n")
    arguments = ["--queries", str(tmp_path / "queries.tsv")]
    result = CliRunner().invoke(
        command, arguments, input=b'{"id": 1, "text": "bank"}\n\xff\xff\n{"id": 2, "text": "bank"}'
    )
    assert found(result) == [(1, ["a"]), (2, ["a"])]
    assert "Queries, line 2:" in result.stderr
    assert "Texts, line 2:" in result.stderr


def test_a_lone_surrogate_comes_out_as_it_went_in(tmp_path: Path) -> None:
    assert found(run(tmp_path, QUERIES, [r'{"id": "\ud800", "text": "\ud800 bank \u0000"}'])) == [
        ("\ud800", ["bank"])
    ]


def test_many_lines_are_read_whole(tmp_path: Path) -> None:
    texts = [{"id": i, "text": "x" * (i % 997) + (" bank" if i % 3 == 0 else "")} for i in range(3000)]
    assert found(run(tmp_path, QUERIES, texts)) == [(i, ["bank"]) for i in range(0, 3000, 3)]


def test_files_from_windows_and_lines_that_are_nearly_json(tmp_path: Path) -> None:
    (tmp_path / "queries.tsv").write_bytes("\ufeffa\tbank\r\n\r\nb\tkasse NOT\r\nc\tBank\tGebühr".encode())
    texts = [
        '\ufeff{"id": 1, "text": "Bank"}\r\n\r\n',
        '{"id": 1, "text": "Bank Gebühr"}\r\n',
        '{"id": NaN, "text": "Bank"}\n',
        '{"text": "Bank"}\n',
        '{"id": null, "text": "ba\\u0000nk"}\n',
        '{"id": {"of": [1.5]}, "text": "'
        + "x" * 1_000_000
        + ' bank", "lang": "", "links": ["//", "http://[::1]/"]}',
    ]
    (tmp_path / "texts.jsonl").write_bytes("".join(texts).encode())
    result = CliRunner().invoke(
        command, ["--queries", str(tmp_path / "queries.tsv"), str(tmp_path / "texts.jsonl")]
    )
    assert found(result) == [(1, ["a"]), (1, ["a", "c"]), ({"of": [1.5]}, ["a"])]
    assert "Queries, line 3: Here a word is missing. (character 10)" in result.stderr
    assert "Texts, line 4: no JSON" in result.stderr
    assert "Texts, line 5: an object" in result.stderr


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/listening/query-language.md")), ids=str)
def test_what_the_users_page_shows_comes_out(tmp_path: Path, page: Path) -> None:
    blocks = re.findall(r"^```(?:tsv|json)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    queries, texts, expected = blocks
    assert run(tmp_path, queries.splitlines(), texts.splitlines()).stdout == expected


def test_empty_files_match_nothing(tmp_path: Path) -> None:
    assert found(run(tmp_path, [], [])) == []
    assert found(run(tmp_path, QUERIES, [])) == []
    assert found(run(tmp_path, [], [{"id": 1, "text": "bank"}])) == []


def test_queries_and_texts_from_one_pipe_are_refused() -> None:
    result = CliRunner().invoke(command, ["--queries", "-"], input="a\tbank\n")
    assert result.exit_code == 2
    assert "both" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "queries.tsv").write_text("a\tbank\n", "utf-8")
    (tmp_path / "texts.jsonl").write_text('{"id": 1, "text": "Bank"}\n', "utf-8")
    arguments = ["match", "--queries", str(tmp_path / "queries.tsv"), str(tmp_path / "texts.jsonl")]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from resonanz.cli import main; main()", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "Error: [Errno 28]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("code", Code)
def test_every_refusal_has_its_sentence(code: Code) -> None:
    assert code in WHY
    assert "{" not in sentence(QueryError(code, 0, 1), "x")
