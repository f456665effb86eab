from django.utils.translation import gettext_lazy as _

from resonanz.web.places import Place, PlaceConfig


class TodayConfig(PlaceConfig):
    name = "resonanz.web.today"
    label = "web_today"
    place = Place(
        "today", _("Today"), icon="home", order=10, words="heute start dashboard übersicht overview"
    )
