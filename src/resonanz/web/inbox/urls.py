from django.urls import path

from resonanz.web.inbox import actions, answers, meaning, views

app_name = "inbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("rows/", views.rows, name="rows"),
    path("bulk/", actions.bulk, name="bulk"),
    path("<int:pk>/", views.conversation, name="conversation"),
    path("<int:pk>/thread/", views.thread, name="thread"),
    path("<int:pk>/presence/", actions.presence, name="presence"),
    path("<int:pk>/status/", actions.status, name="status"),
    path("<int:pk>/snooze/", actions.snooze, name="snooze"),
    path("<int:pk>/assign/", actions.assign, name="assign"),
    path("<int:pk>/department/", actions.department, name="department"),
    path("<int:pk>/label/", actions.label, name="label"),
    path("<int:pk>/note/", actions.note, name="note"),
    path("<int:pk>/messages/<int:message_pk>/evidence/", meaning.evidence, name="evidence"),
    path("<int:pk>/messages/<int:message_pk>/meaning/", meaning.meaning, name="meaning"),
    path("<int:pk>/answer/", answers.answer, name="answer"),
    path("<int:pk>/count/", answers.count, name="count"),
    path("<int:pk>/answers/<int:answer_pk>/", answers.decide, name="decide"),
]
