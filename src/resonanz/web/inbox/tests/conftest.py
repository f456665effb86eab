"""The small network and its channel of the inbound tests."""

from resonanz.inbound.conftest import channel, plaza, words

__all__ = ["channel", "plaza", "words"]
