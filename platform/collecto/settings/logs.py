"""Errors, and one line per request and per task, on the error stream; who watches the process keeps it."""

from typing import Any

from collecto.settings import environment


def logging_as(form: str) -> dict[str, Any]:
    """Return the configuration of logs: ``json`` without anybody's data, or ``lines`` for people."""
    formatter = {"json": "collecto.logs.JsonFormatter", "lines": "collecto.logs.LineFormatter"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"form": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "form"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "collecto": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "celery": {"level": "INFO"},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


LOG_FORMAT = environment.value("LOG_FORMAT", "lines")
LOGGING = logging_as(LOG_FORMAT)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
"""A worker writes its log as everything else does."""
