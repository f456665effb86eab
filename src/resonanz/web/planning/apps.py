from django.utils.translation import gettext_lazy as _

from resonanz.web.places import Place, PlaceConfig


class PlanningConfig(PlaceConfig):
    name = "resonanz.web.planning"
    label = "web_planning"
    place = Place(
        "plan",
        _("Plan"),
        icon="calendar-event",
        order=30,
        words="planung kalender calendar entwürfe drafts beiträge posts protokoll ledger",
    )
