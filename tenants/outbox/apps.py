"""Django application ``tenants.outbox``."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.outbox"
    label = "outbox"
