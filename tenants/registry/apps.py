"""Django application ``tenants.registry``."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.registry"
    label = "registry"
