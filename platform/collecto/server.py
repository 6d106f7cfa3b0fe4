"""Configuration of gunicorn (``--config python:collecto.server``): our lines instead of its own."""

import os
from typing import Any

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from collecto.logs import JsonFormatter, LineFormatter
from collecto.metrics_directory import DIRECTORY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")


class ServerLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own messages, in the form of all others; requests are told by ``collecto.access``."""

    def setup(self, cfg: Config) -> None:
        """Write everything in our form."""
        super().setup(cfg)
        formatter = JsonFormatter() if settings.LOG_FORMAT == "json" else LineFormatter()
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)


logger_class = ServerLogger
forwarder_headers = ""
"""No header moves the root of the site: who may see what is told by the path."""


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a process that ended was holding: its connections are no longer in use."""
    if os.environ.get(DIRECTORY):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
