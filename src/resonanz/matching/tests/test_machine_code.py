"""What happens where machine code cannot be kept, or not be made at all."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from resonanz.matching import QuerySet, available, must_compile, parse

compiled_only = pytest.mark.skipif(available() == "python", reason="numba is not installed")


def double(n: int) -> int:
    return 2 * n


@compiled_only
def test_where_nothing_can_be_written_each_process_compiles_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from resonanz.matching.loops import jit

    def refused(*_: object, **__: object) -> object:
        raise PermissionError("read-only")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    assert jit.entry(double)(21) == 42


@compiled_only
def test_kept_code_is_stale_when_any_source_of_it_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import numba

    from resonanz.matching.loops import jit

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))

    def hits() -> int:
        kept = jit.entry(double)
        assert kept(21) == 42
        return sum(kept.stats.cache_hits.values())  # type: ignore[attr-defined]

    assert hits() == 0
    assert hits() == 1
    monkeypatch.setattr(jit, "source_stamp", lambda: "another")
    assert hits() == 0


@compiled_only
def test_whether_machine_code_has_to_be_made_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import numba

    from resonanz.matching.loops import jit

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    entry = jit.entry(double)
    assert not jit.is_kept(entry)
    assert entry(21) == 42
    assert jit.is_kept(entry)
    assert jit.is_kept(jit.entry(double)), "another process would find it"
    assert not jit.is_kept(double), "plain Python is not kept"


@compiled_only
def test_after_a_match_nothing_has_to_be_compiled() -> None:
    QuerySet.compile({"a": parse("bank")}).match(["bank"])
    assert not must_compile()


def test_without_numba_matching_works_and_says_that_it_is_slower(tmp_path: Path) -> None:
    (tmp_path / "queries.tsv").write_text("a\tbank\n", "utf-8")
    (tmp_path / "texts.jsonl").write_text('{"id": 1, "text": "die Bank"}\n', "utf-8")
    hidden = "import sys; sys.modules['numba'] = None; from resonanz.cli import main; main()"
    arguments = ["match", "--queries", str(tmp_path / "queries.tsv"), str(tmp_path / "texts.jsonl")]
    done = subprocess.run(
        [sys.executable, "-c", hidden, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout == '{"id": 1, "matches": ["a"]}\n'
    assert "numba" in done.stderr


def test_the_engine_in_plain_python_is_named() -> None:
    assert QuerySet.compile({"a": parse("bank")}, "python").engine == "python"
