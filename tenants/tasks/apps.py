"""Django application ``tenants.tasks``."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Shared application: the slots of periodic work live in the public schema."""

    name = "tenants.tasks"
    label = "tasks"
