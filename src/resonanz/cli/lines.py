"""Lines of JSON that hold texts, as the commands for people and scripts take them."""

from __future__ import annotations

import json
from typing import Any

from resonanz.cli.text import _


def _no_number(name: str) -> None:
    """Python reads and writes NaN and Infinity; in JSON there are none."""
    raise ValueError(name)


def text_entry(line: str | bytes) -> dict[str, Any]:
    """The object in a line: it has an `id`, and a `text` that is text. Raises ValueError with a sentence."""
    try:
        entry = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ValueError(_("no JSON")) from None
    if not isinstance(entry, dict) or "id" not in entry or not isinstance(entry.get("text"), str):
        raise ValueError(_("an object with “id” and “text” is needed"))
    return entry
