"""Django application of the stage ``partners``."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """A stage of one food bank: its tables live in the bank's schema."""

    name = "apps.partners"
    label = "partners"
