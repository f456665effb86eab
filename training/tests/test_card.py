"""The card's tables are replaced where they are marked, and nothing else is."""

from __future__ import annotations

import json

import pytest

from resonanz.understanding.model import ABOUT, shipped
from training.card import CARD, filled

NAMES = ("sources", "scores", "held back", "reliability", "spelling", "odd", "fairness")


def test_only_marked_places_change() -> None:
    card = "Before\n<!-- a -->\nold\n\n<!-- end -->\nbetween\n<!-- b -->\n<!-- end -->\nafter\n"
    wanted = "Before\n<!-- a -->\n1\n2\n<!-- end -->\nbetween\n<!-- b -->\n3\n<!-- end -->\nafter\n"
    assert filled(card, {"a": ["1", "2"], "b": ["3"]}) == wanted
    assert filled(wanted, {"a": ["1", "2"], "b": ["3"]}) == wanted


def test_a_place_that_is_not_there_is_said() -> None:
    with pytest.raises(KeyError):
        filled("<!-- a -->\n<!-- end -->", {"b": []})


@pytest.mark.parametrize("tier", ["fast", "careful"])
def test_the_shipped_cards_have_every_place_and_name_their_version(tier: str) -> None:
    card = (shipped(tier) / CARD).read_text("utf-8")
    assert card.startswith(
        f"# Model card: {json.loads((shipped(tier) / ABOUT).read_text('utf-8'))['version']}\n"
    )
    assert filled(card, {name: [name] for name in NAMES}) != card
