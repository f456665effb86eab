"""The tabs of the settings, in order: the company's first, then the person's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from resonanz.web.access import WorkspaceRequest
from resonanz.web.places import Text, link

PAGES: dict[str, Text] = {
    "index": _("Company"),
    "people": _("People and roles"),
    "departments": _("Departments"),
    "understanding": _("Understanding"),
    "privacy": _("Privacy"),
    "audit": _("Audit trail"),
    "profile": _("Profile and language"),
    "security": _("Security"),
}
# What else people type into Ctrl-K to find a page, in both languages.
WORDS = {
    "index": "unternehmen firma company zeitzone timezone",
    "people": "personen rollen einladen mitglieder rechte people roles invite members",
    "departments": "abteilungen bereiche departments",
    "privacy": "datenschutz dsgvo gdpr löschen aufbewahrung auskunft retention erase export privacy",
    "understanding": "verstehen modell stimmung lernen korrekturen understanding model mood learn corrections "
    "aspekte beispiele modellkarte aspects examples card",
    "audit": "protokoll nachweis verlauf audit log",
    "profile": "profil sprache name language",
    "security": "sicherheit passwort zwei-faktor 2fa password passkey security",
}


@dataclass(frozen=True)
class Tab:
    name: Text
    url: str
    active: bool


def tabs(request: WorkspaceRequest, active: str) -> list[Tab]:
    return [
        Tab(name, link(request.workspace, f"settings:{page}"), page == active) for page, name in PAGES.items()
    ]
