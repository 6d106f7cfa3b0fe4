"""Django application ``tenants.network``."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.network"
    label = "network"
