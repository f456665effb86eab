from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "resonanz.inbound.enrichment"
    label = "enrichment"
