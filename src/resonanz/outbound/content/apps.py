from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "resonanz.outbound.content"
    label = "content"
