"""Django application of the stage ``receiving``."""

from django.apps import AppConfig


class ReceivingConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.receiving"
    label = "receiving"
