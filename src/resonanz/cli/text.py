"""The command line's texts in the language of the terminal, without Django."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


def _languages() -> list[str]:
    """The wanted languages, best first: RESONANZ_LANGUAGE, then what the terminal says."""
    for name in ("RESONANZ_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return [part.split(".")[0].split("_")[0] for part in value.split(":")]
    return ["en"]


_translation = gettext.translation("resonanz", LOCALE, languages=_languages(), fallback=True)


def _(text: str) -> str:
    """`text` in the terminal's language; English where there is no translation."""
    return _translation.gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """`singular` or `plural`, as `number` asks for, in the terminal's language."""
    return _translation.ngettext(singular, plural, number)


def gettext_noop(text: str) -> str:
    """Mark `text` for translation and leave it as it is: it is translated where it is shown."""
    return text
