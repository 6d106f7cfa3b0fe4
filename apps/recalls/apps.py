"""Django application of the stage ``recalls``."""

from django.apps import AppConfig


class RecallsConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.recalls"
    label = "recalls"
