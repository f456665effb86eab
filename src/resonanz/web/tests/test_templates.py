"""What holds for all templates: nothing inline that the content security policy would refuse, icons that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1]
TEMPLATES = sorted(p for p in WEB.rglob("*.html") if "tests" not in p.parts)
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"""\son[a-z]+\s*=\s*["']"""),
    "an htmx event attribute": re.compile(r"\shx-on"),
    "a script address": re.compile(r"javascript:"),
    "an inline script": re.compile(r"""<script(?![^>]*(\bsrc=|type="application/json"))"""),
    "another host": re.compile(r"""\b(src|href)=["'](https?:)?//"""),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(WEB)))
def test_templates_hold_nothing_inline(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"))
    assert not [what for what, pattern in INLINE.items() if pattern.search(text)]


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
        '<p hx-on:click="go()">',
        '<img src="https://elsewhere.example/a.png">',
    ],
)
def test_the_search_finds_what_it_seeks(bad):
    assert any(pattern.search(bad) for pattern in INLINE.values())


def test_every_icon_is_in_the_sprite():
    """`make assets` has built the sprite from what the templates ask for."""
    from tools.assets import VENDOR, icons_used

    present = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text("utf-8")))
    assert icons_used() <= present
