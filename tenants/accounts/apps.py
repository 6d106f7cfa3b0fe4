"""Django application ``tenants.accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.accounts"
    label = "accounts"
