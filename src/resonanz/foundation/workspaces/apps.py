from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "resonanz.foundation.workspaces"
    label = "workspaces"
