"""What the templates need to speak of models and readings."""

from __future__ import annotations

from typing import Any

from django import template

from resonanz.web import meanings

register = template.Library()


@register.filter
def tier_name(reader: Any) -> str:
    """{{ reader|tier_name }}: what its tier is called."""
    name = meanings.tier(reader.tier)
    return name[:1].upper() + name[1:]


@register.filter
def base_of(version: str) -> str:
    """{{ reader.version|base_of }}: the model it stands on, without what a workspace taught."""
    return version.partition("+")[0]


@register.filter
def chance_of(learnt: Any) -> int:
    """{{ aspect.offered|chance_of }}: its average precision, of 100, if it ranked texts at random."""
    return round(100 * learnt.examples / max(learnt.examples + learnt.others, 1))


@register.filter
def hundredth(share: float) -> int:
    """{{ share|hundredth }}: 0 to 100, as a progress element takes it."""
    return round(share * 100)
