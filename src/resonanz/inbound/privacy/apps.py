from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "resonanz.inbound.privacy"
    label = "privacy"
