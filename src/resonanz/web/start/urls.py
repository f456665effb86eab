"""The addresses outside of a workspace: the first page, set-up, invitations."""

from django.urls import path

from resonanz.web.start import views

app_name = "start"
urlpatterns = [
    path("", views.index, name="index"),
    path("start/", views.set_up, name="set_up"),
    path("start/demo/", views.demo, name="demo"),
    path("w/<slug:slug>/leave-demo/", views.leave_demo, name="leave_demo"),
    path("new-company/", views.new_company, name="new_company"),
    path("join/<str:token>/", views.join, name="join"),
]
