"""What a machine can check of accessibility, on every page, light and dark: WCAG 2.1 A and AA, by axe-core."""

from __future__ import annotations

from pathlib import Path

import pytest

from resonanz.kernel.ids import new_key
from resonanz.outbound.content import services

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PAGES = (
    *("today/", "inbox/", "inbox/{conversation}/", "plan/?view=month", "plan/?view=week", "plan/drafts/"),
    *(
        "plan/ledger/",
        "plan/not-out/",
        "plan/new/",
        "channels/",
        "channels/connect/",
        "channels/connect/mastodon/",
    ),
    *("settings/", "settings/people/", "settings/departments/", "settings/audit/", "settings/profile/"),
    *(
        "settings/security/",
        "settings/privacy/?q=a",
        "settings/understanding/",
        "settings/understanding/models/",
    ),
    *("inbox/?view=urgent&kind=question", "inbox/?mood=negative"),
)


def breaches(page) -> list[str]:
    """What axe found: rule and place."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_what_axe_checks(open_as, page, owner, conversations, understood, theme):
    services.save(owner, new_key(), 0, title="Open day", text="Come by")
    page.emulate_media(color_scheme=theme)
    found = []
    for address in PAGES:
        open_as(owner, address.format(conversation=conversations[0].pk))
        found += [f"{address} {broken}" for broken in breaches(page)]
    assert not found, "\n".join(found)


# What reaches over the window's edge, unless it lies in something that a finger can push.
STICKS_OUT = """() => {
  const pushed = (e) => e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || pushed(e.parentElement));
  return [...document.querySelectorAll("main *")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1 && !pushed(e))
    .map((e) => e.outerHTML.slice(0, 120));
}"""


def test_on_a_phone_nothing_sticks_out(open_as, page, owner, conversations, understood):
    services.save(owner, new_key(), 0, title="Open day", text="Come by")
    page.set_viewport_size({"width": 390, "height": 844})
    found = []
    for address in PAGES:
        open_as(owner, address.format(conversation=conversations[0].pk))
        found += [f"{address} {sticking}" for sticking in page.evaluate(STICKS_OUT)]
    assert not found, "\n".join(found)
