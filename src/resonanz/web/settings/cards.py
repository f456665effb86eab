"""Model cards: which models are here, what they are for, and what their makers wrote down about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from resonanz.inbound.enrichment import queries
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.settings.tabs import tabs

TIERS = {"fast": "", "careful": "onnxruntime"}  # each with the package it needs beside itself
CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Card:
    """One model that came with Resonanz."""

    tier: str
    version: str
    size_bytes: int
    is_runnable: bool  # what it needs is installed
    text: str  # Markdown, in English

    @property
    def blocks(self) -> list[Block]:
        return list(blocks(self.text))


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a card. Which of the last three is set, `kind` says: heading, text and code have `text`."""

    kind: str  # heading, subheading, text, code, list, table
    text: SafeString | None = None
    items: tuple[SafeString, ...] = ()
    rows: tuple[tuple[SafeString, ...], ...] = ()  # the first one is the table's head


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    context = {
        "tabs": tabs(request, "understanding"),
        "cards": [card for tier in TIERS if (card := found(tier))],
        "overview": queries.overview(request.member),
    }
    return render(request, "settings/models.html", context)


@require_safe
@workspace_page
def card(request: WorkspaceRequest, tier: str) -> HttpResponseBase:
    there = found(tier) if tier in TIERS else None
    if there is None:
        raise Http404
    context = {"tabs": tabs(request, "understanding"), "card": there}
    return render(request, "settings/model.html", context)


def found(tier: str) -> Card | None:
    """The card of a tier; None where its files did not come along or are damaged."""
    # Not above: to import it takes longer than most commands run.
    from resonanz.understanding.model import ABOUT, ModelError, shipped

    try:
        folder = shipped(tier)
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text("utf-8"))
        version = str(about["version"])
        size = sum(path.stat().st_size for path in _files(folder))
    except (ModelError, OSError, ValueError, KeyError):
        return None
    needs = TIERS[tier]
    return Card(tier, version, size, not needs or find_spec(needs) is not None, _text(folder / CARD))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file() and path.name != CARD)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"(#+)\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]+\|?")
_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)")


def blocks(markdown: str) -> Iterator[Block]:
    """A card's Markdown, as far as our cards use it, in pieces for a template; everything in it is escaped."""
    parts = _COMMENT.sub("", markdown).split("```")
    for number, part in enumerate(parts):
        if number % 2:
            yield Block("code", escape(part.partition("\n")[2].rstrip()))
            continue
        for kind, group in groupby(part.splitlines(), _kind):
            yield from _block(kind, [line.strip() for line in group])


def _kind(line: str) -> str:
    line = line.rstrip()
    if not line:
        return ""
    if line.startswith("#"):
        return "heading"
    if line.startswith("|"):
        return "table"
    return "list" if line.startswith(("- ", "* ", "  ")) else "text"


def _block(kind: str, lines: list[str]) -> Iterator[Block]:
    if kind == "heading":
        for line in lines:
            if match := _HEADING.fullmatch(line):
                yield Block("heading" if len(match[1]) < 3 else "subheading", _inline(match[2]))
    elif kind == "table":
        rows = [tuple(_inline(cell.strip()) for cell in _cells(line)) for line in lines if not _is_rule(line)]
        yield Block("table", rows=tuple(rows))
    elif kind == "list":
        items: list[str] = []
        for line in lines:
            if line.startswith(("- ", "* ")) or not items:
                items.append(line.removeprefix("- ").removeprefix("* "))
            else:
                items[-1] += f" {line}"
        yield Block("list", items=tuple(_inline(item) for item in items))
    elif kind == "text":
        yield Block("text", _inline(" ".join(lines)))


def _is_rule(line: str) -> bool:
    return "-" in line and _RULE.fullmatch(line) is not None


def _cells(line: str) -> list[str]:
    return line.strip("|").split("|")


def _inline(text: str) -> SafeString:
    """Code, bold and links; a link is one only if it leads to the web: what lies beside a card is not served here."""
    pieces, end = [], 0
    for match in _INLINE.finditer(text):
        code, bold, name, url = match.groups()
        pieces.append(escape(text[end : match.start()]))
        end = match.end()
        if code is not None:
            pieces.append(format_html("<code>{}</code>", code))
        elif bold is not None:
            pieces.append(format_html("<strong>{}</strong>", _inline(bold)))
        elif url.startswith("https://"):
            pieces.append(format_html('<a href="{}" rel="noopener noreferrer">{}</a>', url, name))
        else:
            pieces.append(escape(name))
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped above
