"""The addresses of today."""

from django.urls import path

from resonanz.web.today import views

app_name = "today"
urlpatterns = [
    path("", views.index, name="index"),
    path("checklist/", views.hide_checklist, name="hide_checklist"),
]
