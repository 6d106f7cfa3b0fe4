"""Django application of the stage ``donors``."""

from django.apps import AppConfig


class DonorsConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.donors"
    label = "donors"
