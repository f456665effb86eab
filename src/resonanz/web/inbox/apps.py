from django.utils.translation import gettext_lazy as _

from resonanz.web.places import Place, PlaceConfig


class InboxConfig(PlaceConfig):
    name = "resonanz.web.inbox"
    label = "web_inbox"
    place = Place(
        "inbox",
        _("Inbox"),
        icon="inbox",
        order=20,
        words="postfach nachrichten antworten messages answer kommentare comments erwähnungen mentions",
    )
