"""Start-up of what an operator sees: reports to Sentry where a DSN is set, and the runs of tasks."""

from typing import Any

import sentry_sdk
from celery import current_app
from django.conf import settings
from sentry_sdk.integrations import Integration
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger
from sentry_sdk.integrations.threading import ThreadingIntegration

from collecto import reports, task_tracing
from collecto.circumstances import circumstances
from collecto.health import ANSWERS
from collecto.worker_health import HealthStep

OWN_LINES = ("collecto.access", "collecto.runs", "django.security.DisallowedHost")
"""Loggers whose errors are reported by other ways, or are nobody's error."""
TAGGED = ("bank", "bank_id", "request_id", "kind", "route")


def start() -> None:
    """Name the runs of tasks, let workers answer for their health, report errors where a DSN is set."""
    task_tracing.install()
    current_app.steps["worker"].add(HealthStep)
    if settings.SENTRY_DSN:
        _start_sentry(settings.SENTRY_DSN)


def tag() -> None:
    """Put what is known of the work on the isolation scope: threads that it starts report it too."""
    if sentry_sdk.is_initialized():
        known = circumstances()
        sentry_sdk.get_isolation_scope().set_tags({name: known[name] for name in TAGGED if name in known})


def _start_sentry(dsn: str) -> None:
    """Start the library with everything off that could hold somebody's data."""
    sentry_sdk.init(
        dsn=dsn,
        release=settings.RELEASE,
        environment=settings.SENTRY_ENVIRONMENT,
        integrations=_integrations(),
        default_integrations=False,
        auto_enabling_integrations=False,
        before_send=reports.cleaned,
        before_send_transaction=reports.cleaned,
        before_breadcrumb=reports.no_breadcrumb,
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        traces_sampler=_sampled,
        trace_propagation_targets=[],
        auto_session_tracking=False,
        send_client_reports=False,
        enable_metrics=False,
        enable_logs=False,
        enable_db_query_source=False,
        server_name="",
    )
    for name in OWN_LINES:
        ignore_logger(name)


def _integrations() -> list[Integration]:
    return [
        DjangoIntegration(transaction_style="url", signals_spans=False),
        CeleryIntegration(propagate_traces=True),
        LoggingIntegration(level=None, sentry_logs_level=None),
        ThreadingIntegration(propagate_scope=True),
        ExcepthookIntegration(),
        DedupeIntegration(),
        AtexitIntegration(callback=_without_a_word),
    ]


def _sampled(context: dict[str, Any]) -> float:
    """Decide by our own rate alone: no stranger's headers choose, no look at our health counts."""
    path = context.get("wsgi_environ", {}).get("PATH_INFO") or context.get("asgi_scope", {}).get("path")
    return 0.0 if path in ANSWERS else float(settings.SENTRY_TRACES_SAMPLE_RATE)


def _without_a_word(pending: int, timeout: float) -> None:
    """Leave without announcing on the terminal that reports are still being sent."""
