"""How the loops become machine code, and how this is kept for the next process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

P = ParamSpec("P")
R = TypeVar("R")

# Without numba's reference counts: counting each array at each call took two thirds of the time. So nothing here makes
# or keeps an array; all memory is the caller's.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_NOT_FROM_PYTHON: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, for other loops only."""
    return cast("Callable[P, R]", numba.njit(**_OPTIONS, **_NOT_FROM_PYTHON)(function))


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, free of the GIL, and kept on disk where a directory for that can be written."""
    compiled = numba.njit(**_OPTIONS)(function)
    try:
        compiled.enable_caching()
    except RuntimeError:  # nowhere to keep it: compiled again in each process
        return cast("Callable[P, R]", compiled)
    compiled._cache._cache_file._source_stamp = source_stamp()  # noqa: SLF001
    return cast("Callable[P, R]", compiled)


def is_kept(compiled: Callable[..., object]) -> bool:
    """Whether machine code of an entry, made of these sources, lies on disk."""
    if not isinstance(cache := getattr(compiled, "_cache", None), FunctionCache):
        return False
    return bool(cache._cache_file._load_index())  # type: ignore[no-untyped-call]  # noqa: SLF001


@cache
def source_stamp() -> str:
    """A digest of all that is compiled in. By itself numba notices a change only in the file of the entry."""
    here = Path(__file__).parent
    constants = (here.parent / name for name in ("char_table.py", "plan.py", "query.py"))
    sources = (path.read_bytes() for path in sorted((*here.glob("*.py"), *constants)))
    return hashlib.sha256(b"\0".join(sources)).hexdigest()
