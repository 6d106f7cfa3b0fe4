"""Django application ``tenants.library``."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Shared application: its tables live in the public schema."""

    name = "tenants.library"
    label = "library"
