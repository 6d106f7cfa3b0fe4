"""Django application of the stage ``stock``."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.stock"
    label = "stock"
