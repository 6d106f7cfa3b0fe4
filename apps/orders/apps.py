"""Django application of the stage ``orders``."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.orders"
    label = "orders"
