from django.urls import path

from resonanz.web.settings import views

app_name = "settings"
urlpatterns = [
    path("", views.company, name="index"),
    path("profile/", views.profile, name="profile"),
    path("security/", views.security, name="security"),
]
