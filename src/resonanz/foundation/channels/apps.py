from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "resonanz.foundation.channels"
    label = "channels"
