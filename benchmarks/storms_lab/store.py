"""Results that survive an interruption: one small file for each brand-year, void when its sources do something else."""

from __future__ import annotations

import ast
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import numpy as np


class Store:
    """A folder of results. `sources`: the files that a result depends on. Stops after `seconds`, to be run again."""

    def __init__(self, folder: Path, sources: Iterable[Path], seconds: float) -> None:
        text = "\n".join(_meaning(file.read_text("utf-8")) for file in sorted(sources))
        self.folder = folder / hashlib.sha256(text.encode()).hexdigest()[:12]
        self._until = time.monotonic() + seconds

    def result(self, name: str, make: Callable[[], Any]) -> Any:
        """What was stored as `name`; else what `make` returns (anything JSON can hold), stored before it is used."""
        file = self._file(f"{name}.json", lambda part: part.write_text(json.dumps(make()), "utf-8"))
        return json.loads(file.read_text("utf-8"))

    def array(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The same for an array."""
        file = self._file(f"{name}.npy", lambda part: np.save(part.open("wb"), make()))
        return np.load(file)

    def _file(self, name: str, write: Callable[[Path], object]) -> Path:
        file = self.folder / name
        if not file.exists():
            if time.monotonic() > self._until:
                raise click.ClickException("time is up; the same command goes on where this one stopped")
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            write(part)
            part.rename(file)
        return file


def _meaning(source: str) -> str:
    """A Python source without what changes no result: comments, layout and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
    return ast.dump(tree)
