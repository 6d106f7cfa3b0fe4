"""Django application of the stage ``impact``."""

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.impact"
    label = "impact"
