"""The words around connecting: a label and a help for each question a manifest asks, what a network can do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from resonanz.connectorkit.manifest import Capability, Manifest
from resonanz.web.places import Text

QUESTIONS: dict[str, tuple[Text, Text]] = {
    "handle": (_("Handle"), _("As others write it, without the @ in front.")),
    "app_password": (
        _("App password"),
        _("Made in the network’s settings for this purpose; not the password you sign in with."),
    ),
    "server": (_("Server"), _("The address of the server the profile lives on.")),
    "appview": (
        _("AppView"),
        _("Only for networks of one’s own: the service that collects replies and counts."),
    ),
    "address": (_("Address"), _("Of the feed, or of the page that has one.")),
    "url": (_("Address"), _("Of the feed, or of the page that has one.")),
    "token": (_("Access token"), _("Made in the server’s settings, under development.")),
}

# What a person wants to know before connecting, in this order.
ABLE: tuple[tuple[Capability, Text], ...] = (
    (Capability.PUBLISH, pgettext_lazy("ability", "publish")),
    (Capability.REPLY, pgettext_lazy("ability", "answer")),
    (Capability.INBOUND, pgettext_lazy("ability", "hear mentions and replies")),
    (Capability.COUNTS, pgettext_lazy("ability", "measure")),
    (Capability.FOLLOWERS, pgettext_lazy("ability", "count followers")),
    (Capability.DELETE, pgettext_lazy("ability", "delete")),
)


def question(name: str) -> tuple[Text, Text]:
    """Label and help of a manifest's field; one that nobody worded is shown by its name."""
    return QUESTIONS.get(name, (name.replace("_", " ").capitalize(), ""))


def abilities(manifest: Manifest) -> list[Text]:
    """What a network's connector can do, in words."""
    return [text for capability, text in ABLE if manifest.can(capability)]
