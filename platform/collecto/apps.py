"""Django application of the project itself: wires facts to reactions at start-up."""

from importlib import import_module

from django.apps import AppConfig


class CollectoConfig(AppConfig):
    """Installs the wiring table and the start-up checks."""

    name = "collecto"
    label = "collecto"

    def ready(self) -> None:
        """Load the task application, the checks and the wiring, once every application is loaded."""
        import_module("collecto.celery")
        import_module("collecto.observability").start()
        import_module("collecto.checks")
        import_module("collecto.wiring").install()
