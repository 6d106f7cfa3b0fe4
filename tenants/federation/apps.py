"""Django application ``tenants.federation``."""

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.federation"
    label = "federation"
