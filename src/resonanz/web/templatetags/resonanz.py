"""The tags of our templates: icons, people, numbers, times, addresses."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from resonanz.web import rights, words
from resonanz.web.places import link

register = template.Library()


@register.simple_tag
@cache  # a page has a hundred of them, and the templates name only so many
def icon(name: str, extra: str = "") -> SafeString:
    """{% icon "inbox" %}: a drawing from the sprite, silent for screen readers: a word stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def network_mark(slug: str, extra: str = "") -> SafeString:
    """{% network_mark channel.network "sm" %}: the sign of a network on a quiet ground."""
    return format_html('<span class="network-mark {}">{}</span>', extra, icon(f"network-{slug}"))


@register.simple_tag(takes_context=True)
def to(context: template.Context, name: str, *args: object) -> str:
    """{% to "inbox:conversation" 5 %}: the address of a page in this workspace."""
    return link(context["workspace"], name, *args)


@register.simple_tag(takes_context=True)
def block_again(context: template.Context, name: str) -> str:
    """{% block_again "title" %}: what the page put into a block, a second time."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return str(block.render(context))


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """{% ago moment %}: vor 5 Min.; the exact time on hover; kept fresh by times.js."""
    if moment is None:
        return "–"
    return _time(moment, words.ago(moment, now()), live=True)


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """{% when moment %}: the time of day, with the day when it is not today."""
    if moment is None:
        return "–"
    return _time(moment, words.when(moment, now()))


def _time(moment: datetime, text: str, live: bool = False) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(),
        words.exact(moment),
        SafeString(" data-ago") if live else "",
        text,
    )


@register.simple_tag
def today_date() -> str:
    """{% today_date %}: Sonntag, 22. November."""
    return words.long_day(now())


@register.simple_tag
def number(value: float | None) -> SafeString | str:
    """{% number 1234 %}: 1,2 Tsd.; the exact value on hover."""
    if value is None:
        return "–"
    short, exact = words.short_number(value), words.exact_number(value)
    if short == exact:
        return format_html('<span class="num">{}</span>', short)
    return format_html('<span class="num" title="{}">{}</span>', exact, short)


@register.simple_tag
def percent(value: float | None, decimals: int = 1) -> SafeString | str:
    """{% percent 0.034 %}: 3,4 %."""
    if value is None:
        return "–"
    return format_html('<span class="num">{}</span>', words.share(value, decimals))


@register.simple_tag
def avatar(name: object, size: str = "", seed: object = "") -> SafeString:
    """{% avatar name "sm" %}: initials on one of eight quiet grounds, the same one for the same name."""
    text = str(name)
    parts = [part for part in text.replace("@", " ").split() if part[:1].isalnum()]
    initials = (parts[0][0] + parts[-1][0] if len(parts) > 1 else text.lstrip("@")[:2]).upper()
    ground = zlib.crc32(str(seed or text).encode()) % 8
    return format_html(
        '<span class="avatar-mark ground-{} {}" aria-hidden="true">{}</span>', ground, size, initials
    )


@register.filter
def control(field: BoundField) -> SafeString:
    """{{ field|control }}: the field's widget with the class its kind wants and its help connected."""
    widget = field.field.widget
    match widget:
        case forms.CheckboxInput() | forms.RadioSelect() | forms.CheckboxSelectMultiple():
            kind = "form-check-input"
        case forms.Select():
            kind = "form-select"
        case _:
            kind = "form-control"
    given = widget.attrs.get("class", "")
    invalid = " is-invalid" if field.errors else ""
    attrs: dict[str, str | bool] = {"class": f"{given} {kind}{invalid}".strip()}
    if widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False  # allauth's forms say the label twice
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        attrs = {"class": "choices"}
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def dictget(mapping: dict[Any, Any], key: Any) -> Any:
    """{{ mapping|dictget:key }}: the value, or nothing."""
    return mapping.get(key)


@register.filter
def missing_right(refused: object) -> str:
    """What a refused permission would have allowed, as a sentence."""
    return rights.sentence(str(refused))
