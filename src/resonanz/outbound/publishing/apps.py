from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "resonanz.outbound.publishing"
    label = "publishing"
