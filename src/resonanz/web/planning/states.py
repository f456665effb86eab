"""How the states of publications and drafts look and read: shape, colour and word, never colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Look:
    """A state as people see it. tone: of the badge component."""

    key: str
    icon: str
    tone: str
    word: str | Promise
    meaning: str | Promise


LOOKS = {
    look.key: look
    for look in (
        # In the order of how much they need a person: a group of several shows the first that fits.
        Look("failed", icon="alert-triangle", tone="bad", word=pgettext_lazy("publication", "Failed"),
             meaning=_("It did not go out. Nothing more happens until somebody decides.")),
        Look("checking", icon="help-circle", tone="wait", word=pgettext_lazy("publication", "Checking"),
             meaning=_("It was sent, but no answer came. We ask the network before anything is repeated.")),
        Look("sending", icon="send", tone="brand", word=pgettext_lazy("publication", "Being sent"),
             meaning=_("It is on its way to the network.")),
        Look("ready", icon="send", tone="brand", word=pgettext_lazy("publication", "Being sent"),
             meaning=_("Everything is prepared; it goes out now.")),
        Look("uploading", icon="upload", tone="brand", word=pgettext_lazy("publication", "Pictures on their way"),
             meaning=_("The pictures are brought to the network; the text follows on time.")),
        Look("scheduled", icon="clock", tone="brand", word=pgettext_lazy("publication", "Scheduled"),
             meaning=_("It goes out by itself at its time.")),
        Look("draft", icon="pencil", tone="quiet", word=pgettext_lazy("publication", "Draft"),
             meaning=_("Only planned: it does not go out by itself.")),
        Look("published", icon="circle-check", tone="good", word=pgettext_lazy("publication", "Published"),
             meaning=_("It is public; the network has confirmed it.")),
        Look("cancelled", icon="ban", tone="quiet", word=pgettext_lazy("publication", "Cancelled"),
             meaning=_("Somebody stopped it before it went out.")),
    )
}  # fmt: skip
FILTERS = ("draft", "scheduled", "published", "checking", "failed")
# What a filter of the calendar stands for, where it is more than the state itself.
MEANS = {"scheduled": {"scheduled", "uploading", "ready", "sending"}}


def worst(states: Iterable[str]) -> Look:
    """The look of a group: that of the state which needs a person most."""
    present = set(states)
    return next(look for key, look in LOOKS.items() if key in present)
