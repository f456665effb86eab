"""What a network would refuse, found before anything is scheduled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as a_field

from resonanz.connectorkit.manifest import Capability, Limits, MediaLimit, TextLimit
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.channels.queries import limits_of
from resonanz.foundation.media.models import MediaFile
from resonanz.kernel.messages import Reference, Visibility
from resonanz.kernel.text import TextUnit, length


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture with the words it goes out with."""

    file: MediaFile
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """What is to go out. Frozen with the publication; a change makes another publication."""

    text: str = ""
    language: str = ""  # BCP 47
    visibility: Visibility = Visibility.PUBLIC
    content_warning: str = ""
    reply_to: Reference | None = None
    quote: Reference | None = None
    media: Sequence[Attached] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that must be changed. `code` chooses the sentence; `values` are its numbers and words."""

    code: str
    field: str  # channel, text, media, alt, reply_to, quote, due_at
    values: Mapping[str, str | int] = a_field(default_factory=dict)


def problems(channel: Channel, payload: Payload) -> list[Problem]:
    """Everything that stands against sending `payload` through `channel`; empty: nothing we know of."""
    limits = limits_of(channel)
    return [
        *_about_channel(channel, payload),
        *_about_text(channel, limits, payload),
        *_about_media(limits, payload.media),
    ]


def _about_channel(channel: Channel, payload: Payload) -> Iterator[Problem]:
    if channel.state in (ChannelState.REMOVED, ChannelState.ACCESS_LOST):
        yield Problem("channel_" + channel.state, "channel")
    wanted = {
        Capability.PUBLISH: (True, "channel"),
        Capability.REPLY: (payload.reply_to is not None, "reply_to"),
        Capability.QUOTE: (payload.quote is not None, "quote"),
        Capability.UPLOAD: (bool(payload.media), "media"),
    }
    for capability, (is_wanted, name) in wanted.items():
        if is_wanted and not channel.manifest.can(capability):
            yield Problem("not_possible_there", name, {"capability": capability.value})


def units_used(channel: Channel, limit: TextLimit, payload: Payload) -> int:
    """How much of `limit` the words of `payload` take, as they will stand on the network of `channel`."""
    return limit.used(
        networks.get(channel.network).worded(payload.text, payload.reply_to), payload.content_warning
    )


def _about_text(channel: Channel, limits: Limits, payload: Payload) -> Iterator[Problem]:
    if not payload.text.strip() and not payload.media:
        yield Problem("empty", "text")
    for limit in limits.text:
        if (used := units_used(channel, limit, payload)) > limit.maximum:
            yield Problem(
                "text_too_long", "text", {"used": used, "maximum": limit.maximum, "unit": limit.unit.value}
            )


def _about_media(limits: Limits, media: Sequence[Attached]) -> Iterator[Problem]:
    for limit, group in _by_limit(limits, media):
        if limit is None:
            for attached in group:
                yield Problem("media_type_refused", "media", {"content_type": attached.file.content_type})
            continue
        if len(group) > limit.maximum:
            yield Problem("too_many_media", "media", {"used": len(group), "maximum": limit.maximum})
        for attached in group:
            used = length(attached.alt, TextUnit.GRAPHEMES)
            if limit.max_alt is not None and used > limit.max_alt:
                yield Problem("alt_too_long", "alt", {"used": used, "maximum": limit.max_alt})


def _by_limit(limits: Limits, media: Sequence[Attached]) -> list[tuple[MediaLimit | None, list[Attached]]]:
    """The files grouped by the limit that holds for them; None: the network takes no such file."""
    groups: dict[int, tuple[MediaLimit | None, list[Attached]]] = {}
    for attached in media:
        limit = limit_for(limits, attached.file.content_type)
        groups.setdefault(id(limit), (limit, []))[1].append(attached)
    return list(groups.values())


def limit_for(limits: Limits, content_type: str) -> MediaLimit | None:
    """The limit a file of `content_type` falls under; None: such a file is not taken at all.

    Images are fitted to their limit before they are sent, so any image passes where images pass.
    """
    if content_type.startswith("image/"):
        return limits.images
    return limits.video if limits.video and content_type in limits.video.content_types else None
