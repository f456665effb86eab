"""Machine code where numba is installed, the same Python where it is not; numba is loaded at the first call.

Loading takes a second or two and a hundred megabytes, which a process that reads few texts never pays.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Extra `fast`: everything works without it, slower. The loops see one memory as words and as halves.
AVAILABLE = importlib.util.find_spec("numba") is not None and sys.byteorder == "little"
# Without numba's reference counts: counting each array at each call takes most of the time in loops like ours. So
# nothing compiled here makes or keeps an array; all memory is the caller's.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_NOT_FROM_PYTHON: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
FEW = 1024  # texts that are read in less time than loading takes
_inner: list[Any] = []


def pays(texts: int) -> bool:
    """Whether machine code is worth loading for so many texts, or there already."""
    return AVAILABLE and (texts > FEW or "numba" in sys.modules)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, for entries of the same module only."""
    _inner.append(function)
    return function


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, without the GIL, and kept on disk where a directory for that can be written."""
    if not AVAILABLE:
        return function

    @cache
    def made() -> Any:
        return _made(function)

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        found: R = made()(*args, **kwargs)
        return found

    return called


def _made(function: Callable[P, R]) -> Any:
    import numba

    for other in _inner:  # under their own names, where compiled functions look for them
        if other.__module__ == function.__module__:
            other.__globals__[other.__name__] = numba.njit(**_OPTIONS, **_NOT_FROM_PYTHON)(other)
    try:
        return numba.njit(**_OPTIONS, cache=True)(function)
    except RuntimeError:  # nowhere to keep it: compiled again in each process
        return numba.njit(**_OPTIONS)(function)
