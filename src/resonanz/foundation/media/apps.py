from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "resonanz.foundation.media"
    label = "media"
