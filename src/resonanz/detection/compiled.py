"""Compile a numeric function where numba is installed; leave it plain Python, slower and equal, where it is not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

try:
    import numba

    COMPILED = True
except ImportError:  # the optional extra `fast` is not installed
    COMPILED = False


def _cache_folder() -> Path | None:
    """A folder for compiled code that belongs to exactly this package's sources; None where nothing can be written.

    numba itself looks only at the file of the function it loads, not at those of the functions that one calls: after a
    change in one of them it would go on with the old code.
    """
    home = Path(__file__).parent
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(home.glob("*.py")))).hexdigest()[
        :16
    ]
    for base in (home / "__pycache__", Path.home() / ".cache" / "resonanz"):
        folder = base / f"compiled-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


_FOLDER = _cache_folder() if COMPILED else None
if _FOLDER is not None:
    numba.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]


def compiled(function: F) -> F:
    """`function`, compiled on its first call when numba is there."""
    if not COMPILED:
        return function
    return cast(F, numba.njit(cache=_FOLDER is not None, nogil=True)(function))
