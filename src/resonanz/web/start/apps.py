from django.apps import AppConfig


class StartConfig(AppConfig):
    name = "resonanz.web.start"
    label = "web_start"
