"""Django application of the stage ``sites``."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.sites"
    label = "sites"
