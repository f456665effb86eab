from django.utils.translation import gettext_lazy as _

from resonanz.web.places import Place, PlaceConfig


class ChannelsConfig(PlaceConfig):
    name = "resonanz.web.channels"
    label = "web_channels"
    place = Place(
        "channels",
        _("Channels"),
        icon="plug-connected",
        order=90,
        in_rail=False,
        words="kanäle kanal profile verbinden netzwerke networks accounts connect",
    )
