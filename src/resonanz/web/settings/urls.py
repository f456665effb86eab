"""The addresses of settings."""

from django.urls import path

from resonanz.web.settings import aspects, audit, cards, people, privacy, understanding, views

app_name = "settings"
urlpatterns = [
    path("", views.company, name="index"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:member_id>/", people.change, name="change_member"),
    path("people/<int:member_id>/remove/", people.remove, name="remove_member"),
    path("invitations/<int:invitation_id>/withdraw/", people.withdraw, name="withdraw"),
    path("departments/", people.departments, name="departments"),
    path("departments/<int:department_id>/", people.change_department, name="change_department"),
    path("profile/", views.profile, name="profile"),
    path("security/", views.security, name="security"),
    path("privacy/", privacy.index, name="privacy"),
    path("privacy/preview/", privacy.preview, name="retention_preview"),
    path("privacy/people/<int:author_id>/export/", privacy.export, name="export_person"),
    path("privacy/people/<int:author_id>/erase/", privacy.erase, name="erase_person"),
    path("understanding/", understanding.index, name="understanding"),
    path("understanding/switch/", understanding.switch, name="switch_understanding"),
    path("understanding/aspects/", aspects.create, name="create_aspect"),
    path("understanding/aspects/<int:aspect_id>/", aspects.index, name="aspect"),
    path("understanding/aspects/<int:aspect_id>/rename/", aspects.rename, name="rename_aspect"),
    path("understanding/aspects/<int:aspect_id>/remove/", aspects.remove, name="remove_aspect"),
    path("understanding/aspects/<int:aspect_id>/switch/", aspects.switch, name="switch_aspect"),
    path("understanding/aspects/<int:aspect_id>/teach/", aspects.teach, name="teach_aspect"),
    path(
        "understanding/aspects/<int:aspect_id>/messages/<int:message_id>/",
        aspects.choose,
        name="choose_example",
    ),
    path(
        "understanding/aspects/<int:aspect_id>/examples/<int:example_id>/",
        aspects.forget,
        name="forget_example",
    ),
    path("understanding/models/", cards.index, name="models"),
    path("understanding/models/<slug:tier>/", cards.card, name="model"),
    path("audit/", audit.index, name="audit"),
    path("audit/verify/", audit.verify, name="verify"),
    path("delete/", views.delete, name="delete"),
]
