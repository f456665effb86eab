"""The composer's counter in the browser and the limit on the server count every text alike."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from resonanz.connectorkit.manifest import Source, TextLimit
from resonanz.kernel.text import TextUnit
from resonanz.outbound.content.words import outgoing

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parents[2] / "src/resonanz/web/planning/static/planning/count.js"
SOURCE = Source("https://example.org", date(2026, 11, 22))
LIMITS = [
    TextLimit(300, unit, SOURCE, link_units=link, short_mentions=short, counts_warning=counts)
    for unit in TextUnit
    for link, short, counts in ((None, False, False), (23, True, True), (0, False, False))
]
SAMPLES = [
    "",
    "plain",
    "Halle 4 (Stand B12) – bis 18 Uhr",
    "👩🏽‍🔧🇩🇪🇦🇹🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ❤️ ☎︎",
    "e\u0301 vs é, n\u0303o, Z\u0351\u036b\u0343a\u0300lgo",
    "क्षि नमस्ते தமிழ் ภาษาไทย 한국어 각 ﷽",
    "a\r\nb\rc\nd\t\v\f e\x1c\x1d\x1e\x1f\x85\u2028\u2029\u00a0\u3000\ufeff\u200b",
    "https://lindner.example/a?b=(c)&d=ü#e. HTTPS://LINDNER.EXAMPLE http://x https:// http://a\u00a0b",
    "(https://lindner.example/a_(b)), “https://x.example/”; 'http://y.example'! https://z.example…",
    "https://a.examplehttps://b.example https://straße.example/ä/😀 <https://c.example>",
    "@erika@mastodon.example, x@y@z.example /@a@b.example @@c@d.example ä@e@f.example @ü@ö.example",
    "@a.b-c_d@e-f.g. @name@server @name @a@b @a@b@c.example ١@a@b.example \u200d@a@b.example \u0301@a@b.example",
    "#Ausbildung #1 ##x &#x; $100 %s {0} \\( \\) ``` ~~~ *a* _b_ [c](d)",
    "\u202eabc\u202c\u2066x\u2069 \u0000 \ud7ff \uffff \U0010ffff",
    " \n leading and trailing \u3000\n",
]
ALPHABET = [
    *"ab @/.:,;!?()[]{}<>\"'-_#&%\\|~^`+=*$\n\r\t\u00a0\u2028\u3000\u200b\u200d\ufe0f\u0301äßÉ１٣",
    "https://", "http://", "HTTPS://x", "@a@b.example", "@ü", "👩🏽‍🔧", "🇩🇪", "🇩", "🏽", "é", "क्षि", "각", "ﷺ", "Ⅷ",
    "①", "ª",
]  # fmt: skip


@pytest.fixture
def count(page):
    """The page with the composer's own module; nothing is fetched from anywhere."""
    html = "<script type=module>import * as count from '/count.js'; window.count = count</script>"

    def answer(route):
        if route.request.url.endswith("/count.js"):
            route.fulfill(content_type="text/javascript; charset=utf-8", body=SCRIPT.read_text("utf-8"))
        else:
            route.fulfill(content_type="text/html; charset=utf-8", body=html)

    page.route("**/*", answer)
    page.goto("http://composer.invalid/")
    page.wait_for_function("window.count")
    return lambda texts: page.evaluate(
        """([texts, limits]) => texts.map(([text, warning]) => {
            const out = window.count.outgoing(text);
            return [out, ...limits.map((limit) => window.count.used(limit, out, warning))];
        })""",
        [texts, [_plain(limit) for limit in LIMITS]],
    )


def _plain(limit: TextLimit) -> dict[str, object]:
    return {
        "maximum": limit.maximum,
        "unit": limit.unit.value,
        "linkUnits": limit.link_units,
        "shortMentions": limit.short_mentions,
        "countsWarning": limit.counts_warning,
    }


def on_the_server(text: str, warning: str) -> list[object]:
    out = outgoing(text)
    return [out, *(limit.used(out, warning) for limit in LIMITS)]


def test_hostile_samples_count_alike(count):
    texts = [[text, warning] for text in SAMPLES for warning in ("", "Achtung 👩🏽‍🔧")]
    for (text, warning), found in zip(texts, count(texts), strict=True):
        assert found == on_the_server(text, warning), repr(text)


def test_random_texts_count_alike(count):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    texts = [["".join(chance.choices(ALPHABET, k=chance.randint(0, 40))), ""] for _ in range(1500)]
    for (text, warning), found in zip(texts, count(texts), strict=True):
        assert found == on_the_server(text, warning), repr(text)
