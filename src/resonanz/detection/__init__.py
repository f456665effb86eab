"""Counts and times in, alarms out: what is usual, what breaks with it, how posts spread, who acts in concert."""

from resonanz.detection.alarms import Alarm, Kind
from resonanz.detection.forecast import Range
from resonanz.detection.topic import DEFAULT_SENSITIVITY, LateData, Topic, Track, Watch

__all__ = ["DEFAULT_SENSITIVITY", "Alarm", "Kind", "LateData", "Range", "Topic", "Track", "Watch"]
