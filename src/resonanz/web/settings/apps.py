from django.utils.translation import gettext_lazy as _

from resonanz.web.places import Place, PlaceConfig


class SettingsConfig(PlaceConfig):
    name = "resonanz.web.settings"
    label = "web_settings"
    place = Place(
        "settings",
        _("Settings"),
        icon="settings",
        order=100,
        in_rail=False,
        words="einstellungen konfiguration",
    )
