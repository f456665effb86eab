from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "resonanz.inbound.intake"
    label = "intake"
