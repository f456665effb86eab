"""The addresses of channels."""

from django.urls import path

from resonanz.web.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.index, name="index"),
    path("connect/", views.choose, name="choose"),
    path("connect/<slug:network>/", views.connect, name="connect"),
    path("back/", views.back, name="back"),
    path("<int:channel_id>/pause/", views.pause, name="pause"),
    path("<int:channel_id>/resume/", views.resume, name="resume"),
    path("<int:channel_id>/remove/", views.remove, name="remove"),
]
