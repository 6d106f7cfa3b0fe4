"""A worker answers /livez, /readyz and /metrics too, on ``WORKER_HEALTH_BIND``, from its main process."""

from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from celery import bootsteps
from django.conf import settings

from collecto.health import serve_directly


class HealthStep(bootsteps.StartStopStep):
    """Listens while the worker runs, if it is told where."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.server: WSGIServer | None = None

    def start(self, parent: Any) -> None:
        """Begin to answer, in a thread of its own."""
        if not settings.WORKER_HEALTH_BIND:
            return
        host, _colon, port = settings.WORKER_HEALTH_BIND.rpartition(":")
        self.server = make_server(host, int(port), serve_directly, handler_class=_Silent)
        Thread(target=self.server.serve_forever, name="health", daemon=True).start()

    def stop(self, parent: Any) -> None:
        """Answer no more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class _Silent(WSGIRequestHandler):
    """Writes no line for who looks at our health."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
