"""Django application of the stage ``offers``."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.offers"
    label = "offers"
