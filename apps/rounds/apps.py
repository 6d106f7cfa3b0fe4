"""Django application of the stage ``rounds``."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.rounds"
    label = "rounds"
