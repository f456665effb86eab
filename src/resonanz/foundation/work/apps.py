from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    name = "resonanz.foundation.work"
    label = "work"

    def ready(self) -> None:
        # Every app says in its worker.py what can become due there.
        autodiscover_modules("worker")
