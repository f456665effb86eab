from django.urls import path

from resonanz.web.planning import calendar_views, composer_views, ledger_views, media_views

app_name = "plan"
urlpatterns = [
    path("", calendar_views.index, name="index"),
    path("move/", calendar_views.move, name="move"),
    path("drafts/", calendar_views.drafts, name="drafts"),
    path("new/", composer_views.new, name="new"),
    path("when/", composer_views.when, name="when"),
    path("contents/<slug:key>/", composer_views.composer, name="content"),
    path("contents/<slug:key>/save/", composer_views.save, name="save"),
    path("contents/<slug:key>/channels/<int:pk>/", composer_views.save_variant, name="save_variant"),
    path("contents/<slug:key>/pictures/", composer_views.add_picture, name="add_picture"),
    path("contents/<slug:key>/pictures/<int:pk>/", composer_views.change_picture, name="change_picture"),
    path("contents/<slug:key>/review/", composer_views.review, name="review"),
    path("contents/<slug:key>/schedule/", composer_views.schedule, name="schedule"),
    path("contents/<slug:key>/<slug:what>/", composer_views.put_away, name="put_away"),
    path("ledger/", ledger_views.ledger, name="ledger"),
    path("not-out/", ledger_views.not_out, name="not_out"),
    path("publications/<slug:key>/", ledger_views.publication, name="publication"),
    path("publications/<slug:key>/<slug:what>/", ledger_views.act, name="act"),
    path("media/<int:pk>/", media_views.original, name="media"),
    path("media/<int:pk>/small/", media_views.small, name="thumbnail"),
]
