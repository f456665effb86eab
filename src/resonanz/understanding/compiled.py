"""Machine code where numba is installed, the same Python where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

numba: Any
try:
    import numba
except ImportError:  # extra `fast`: everything works without it, slower
    numba = None

P = ParamSpec("P")
R = TypeVar("R")

AVAILABLE = numba is not None and sys.byteorder == "little"  # the loops see one memory as words and as halves
# Without numba's reference counts: counting each array at each call takes most of the time in loops like ours. So
# nothing compiled here makes or keeps an array; all memory is the caller's.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_NOT_FROM_PYTHON: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, for other compiled functions only."""
    return cast("Callable[P, R]", numba.njit(**_OPTIONS, **_NOT_FROM_PYTHON)(function)) if numba else function


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, without the GIL, and kept on disk where a directory for that can be written."""
    if not numba:
        return function
    try:
        return cast("Callable[P, R]", numba.njit(**_OPTIONS, cache=True)(function))
    except RuntimeError:  # nowhere to keep it: compiled again in each process
        return cast("Callable[P, R]", numba.njit(**_OPTIONS)(function))
