"""How the channels of the whole installation are, for the person who looks after it."""

from __future__ import annotations

from dataclasses import dataclass

from resonanz.foundation.channels.models import Channel, ChannelState


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    name: str
    state: str
    usable: bool


def states() -> list[ChannelHealth]:
    """Every connected channel with its state."""
    channels = Channel.objects.exclude(state=ChannelState.REMOVED).select_related("workspace")
    return [
        ChannelHealth(
            name=f"{channel.workspace.slug}: {channel}",
            state=channel.state + (f" ({channel.state_reason})" if channel.state_reason else ""),
            usable=channel.state != ChannelState.ACCESS_LOST,
        )
        for channel in channels
    ]
