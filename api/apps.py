"""Django application of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Holds the schema extensions of the API; has no table."""

    name = "api"
    label = "api"
