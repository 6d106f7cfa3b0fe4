"""Django application of the stage ``catalogue``."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.catalogue"
    label = "catalogue"
