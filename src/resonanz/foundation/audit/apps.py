from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "resonanz.foundation.audit"
    label = "audit"
