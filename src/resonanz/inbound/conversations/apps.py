from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "resonanz.inbound.conversations"
    label = "conversations"
