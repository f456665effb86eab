"""What a variant says in the end: its own words where it has some, else those of its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.channels.models import ChannelState
from resonanz.kernel.messages import Visibility
from resonanz.outbound.content.models import Picture, Variant
from resonanz.outbound.publishing.checks import Attached, Payload, Problem, problems


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a variant that a person should know. What `blocks` keeps it from being scheduled."""

    problem: Problem
    blocks: bool


def outgoing(text: str) -> str:
    """`text` with line ends as networks want them and clean edges; nothing else is touched, least of all brackets.

    The composer's count.js does the same, so that both count one text.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def text_of(variant: Variant) -> str:
    """What goes out."""
    return outgoing(variant.content.text if variant.text is None else variant.text)


def pictures_of(variant: Variant, pool: Sequence[Picture] | None = None) -> list[Attached]:
    """The variant's pictures in its own order. pool: the content's, if they were read already."""
    pool = list(variant.content.pictures.select_related("file")) if pool is None else pool
    if variant.pictures is not None:
        by_id = {picture.file_id: picture for picture in pool}
        pool = [by_id[pk] for pk in variant.pictures if pk in by_id]
    return [Attached(picture.file, picture.alt) for picture in pool]


def payload_of(variant: Variant, pool: Sequence[Picture] | None = None) -> Payload:
    return Payload(
        text=text_of(variant),
        language=variant.language or variant.content.language,
        visibility=Visibility(variant.visibility),
        content_warning=variant.content_warning.strip(),
        media=pictures_of(variant, pool),
    )


def findings(variant: Variant, pool: Sequence[Picture] | None = None) -> list[Finding]:
    """What the network would refuse, and what people would miss; the worst first."""
    payload = payload_of(variant, pool)
    blocking = [*problems(variant.channel, payload), *_unsupported(variant, payload)]
    return [Finding(p, blocks=True) for p in blocking] + [
        Finding(p, blocks=False) for p in _advice(variant, payload)
    ]


def can_publish(variant: Variant) -> bool:
    return variant.channel.manifest.can(Capability.PUBLISH)


def _unsupported(variant: Variant, payload: Payload) -> Iterator[Problem]:
    manifest = variant.channel.manifest
    if payload.visibility not in manifest.visibilities:
        yield Problem("visibility_not_possible", "visibility", {"visibility": payload.visibility.value})
    if payload.content_warning and not manifest.content_warnings:
        yield Problem("warning_not_possible", "content_warning")


def _advice(variant: Variant, payload: Payload) -> Iterator[Problem]:
    if missing := sum(not attached.alt.strip() for attached in payload.media):
        yield Problem("alt_missing", "alt", {"count": missing})
    if variant.channel.state == ChannelState.PAUSED:
        yield Problem("channel_paused", "channel")
