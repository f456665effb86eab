"""From a network's HTML to plain text, as a person would copy it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from resonanz.connectorkit.reading import MAX_TEXT, clean

_BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "ul", "ol", "dl", "table", "blockquote", "pre", "figure",
    "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
})  # fmt: skip
_LINES = frozenset({"li", "tr", "dt", "dd", "br"})
_KEPT = _BLOCKS | _LINES | {"a", "span", "img"}
_MAX_HTML = 4 * MAX_TEXT


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a text: where it leads, what it says, the classes its author's server gave it."""

    href: str
    label: str
    classes: frozenset[str]


# What stands in the text for a link.
Wording = Callable[[Link], str]


def address_or_label(link: Link) -> str:
    """The address where the label only shortens it; else the label with the address behind it."""
    label = link.label.strip()
    if not link.href or label == link.href:
        return label
    if label.rstrip("…").rstrip("/") in link.href:
        return link.href
    return f"{label} ({link.href})" if label else link.href


def label_only(link: Link) -> str:
    return link.label


def to_text(
    html: str, wording: Wording = address_or_label, *, drop_class: str = ""
) -> tuple[str, tuple[str, ...]]:
    """The text of `html` and the addresses it links to, each once, in order.

    Paragraphs are parted by an empty line, <br> is a new line, list entries begin with a dash. Text hidden with the
    class "invisible" belongs to a link's label (Mastodon shortens links so). drop_class: elements to leave out.
    """
    # nh3 parses like a browser: what follows sees well-formed HTML only, without scripts and styles.
    safe = nh3.clean(
        html[:_MAX_HTML],
        tags=set(_KEPT),
        attributes={"a": {"href", "class"}, "span": {"class"}, "p": {"class"}, "img": {"alt"}},
        link_rel=None,
        url_schemes={"http", "https"},
    )
    parser = _Text(wording, drop_class)
    parser.feed(safe)
    parser.close()
    return clean(parser.result()), tuple(dict.fromkeys(parser.links))


class _Text(HTMLParser):
    """Collects text; knows which link and which dropped element it is in."""

    def __init__(self, wording: Wording, drop_class: str) -> None:
        super().__init__(convert_charrefs=True)
        self._wording = wording
        self._drop_class = drop_class
        self._out: list[str] = []
        self._link: tuple[str, frozenset[str], int] | None = None  # address, classes, where its label begins
        self._dropping: list[str] = []  # open elements from the dropped one inwards
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        if self._dropping or (self._drop_class and self._drop_class in classes):
            if tag not in ("br", "img", "hr"):
                self._dropping.append(tag)
        elif tag in _BLOCKS:
            self._out.append("\n\n")
        elif tag in _LINES:
            self._out.append("\n- " if tag == "li" else "\n")
        elif tag == "img":
            self._out.append(given.get("alt", ""))
        elif tag == "a":
            self._link = (given.get("href", ""), classes, len(self._out))

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            self._dropping.pop()
        elif tag in _BLOCKS:
            self._out.append("\n\n")
        elif tag == "a" and self._link:
            href, classes, start = self._link
            label = "".join(self._out[start:])
            self._out[start:] = [self._wording(Link(href, label, classes))]
            self._link = None
            if href:
                self.links.append(clean(href))

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            # A line break in the source is a space on the page.
            self._out.append(re.sub(r"[ \t\r\n]+", " ", data))

    def result(self) -> str:
        text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._out))
        return re.sub(r"\n{3,}", "\n\n", text).strip()
