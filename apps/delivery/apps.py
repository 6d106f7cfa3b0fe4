"""Django application of the stage ``delivery``."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.delivery"
    label = "delivery"
