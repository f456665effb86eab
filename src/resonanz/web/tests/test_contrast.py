"""Text on its ground, light and dark: at least 4.5 : 1 (WCAG 2.2, 1.4.3); lines of fields and focus at least 3 : 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[1] / "static" / "css" / "tokens.css").read_text("utf-8")
THEMES = {
    "light": dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", CSS[: CSS.index('[data-bs-theme="dark"] {')])),
    "dark": dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", CSS[CSS.index('[data-bs-theme="dark"] {') :])),
}
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand", "bad") for ground in ("paper", "card")),
    *((ink, "paper-deep") for ink in ("ink", "ink-2", "ink-3")),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("brand", "bad", "wait", "good")),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-bad", "bad"),
    *(("g-ink", f"g{n}") for n in range(8)),
]


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT, ids=lambda v: v)
def test_text_is_readable(theme, ink, ground):
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_the_focus_is_visible(theme, ground):
    assert contrast(THEMES[theme]["focus"], THEMES[theme][ground]) >= 3
