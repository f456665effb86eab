"""The addresses of the pages: the start, the person, the places of a workspace."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from resonanz.web import places, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("resonanz.web.start.urls")),
    path("theme/", views.choose_theme, name="theme"),
    path("language/", views.choose_language, name="language"),
    path("app.webmanifest", views.manifest, name="manifest"),
    path("w/<slug:slug>/", views.workspace_home, name="workspace"),
    path("w/<slug:slug>/commands/", views.commands, name="commands"),
    *places.urlpatterns(),
]
if settings.DEBUG:
    urlpatterns.append(path("w/<slug:slug>/components/", views.components, name="components"))
