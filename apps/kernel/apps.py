"""Django application of the kernel."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """History and numbering tables, template tags and form fields shared by every stage."""

    name = "apps.kernel"
    label = "kernel"
