"""How the fake renders a status: the HTML that Mastodon makes of plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'])"
    r"|(?<![\w@/])@(?P<name>\w+)(?:@(?P<host>[\w.-]+[\w]))?"
    r"|(?<![\w&/])#(?P<tag>\w*[^\W\d_]\w*)"
)
_SHOWN = 30  # characters of a link that are not hidden


def names(text: str) -> list[str]:
    """Whom a text names, as written: name or name@host."""
    found = (match for match in _TOKEN.finditer(text) if match["name"])
    return [match["name"] + (f"@{match['host']}" if match["host"] else "") for match in found]


def render(text: str, address: str, profile_url: Callable[[str], str | None]) -> str:
    """`text` as HTML. profile_url: where somebody lives who is named; None: nobody of that name."""

    def token(match: re.Match[str]) -> str:
        if match["link"]:
            return _link(match["link"])
        if match["tag"]:
            tag = match["tag"]
            return f'<a href="{address}/tags/{tag.lower()}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        url = profile_url(match["name"] + (f"@{match['host']}" if match["host"] else ""))
        if url is None:
            return html.escape(match[0])
        return (
            f'<span class="h-card" translate="no"><a href="{url}" class="u-url mention">'
            f"@<span>{match['name']}</span></a></span>"
        )

    paragraphs = re.split(r"\n{2,}", text.strip().replace("\r\n", "\n"))
    return "".join(f"<p>{_inline(part, token)}</p>" for part in paragraphs if part)


def _inline(text: str, token: Callable[[re.Match[str]], str]) -> str:
    out, end = [], 0
    for match in _TOKEN.finditer(text):
        out += [html.escape(text[end : match.start()]), token(match)]
        end = match.end()
    return "".join([*out, html.escape(text[end:])]).replace("\n", "<br />")


def _link(url: str) -> str:
    scheme = url[: url.index("//") + 2] + ("www." if url.split("//")[1].startswith("www.") else "")
    shown, hidden = url[len(scheme) :][:_SHOWN], url[len(scheme) + _SHOWN :]
    return (
        f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}</span>'
        f'<span class="{"ellipsis" if hidden else ""}">{html.escape(shown)}</span>'
        f'<span class="invisible">{html.escape(hidden)}</span></a>'
    )
