"""Django application of the stage ``workshop``."""

from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.workshop"
    label = "workshop"
