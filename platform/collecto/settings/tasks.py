"""Deferred work: Celery carries hints, the outbox carries the truth."""

from collecto.settings import environment
from collecto.settings.schedule import every_bank, once

CELERY_BROKER_URL = environment.value("CELERY_BROKER_URL", "")
"""Empty: no worker; what must happen later happens after the commit, in the same process."""
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_RESULT_BACKEND = environment.value("CELERY_RESULT_BACKEND", "") or None
"""Only chords need one: who waits for nothing keeps no result."""
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 2, "socket_connect_timeout": 2, "visibility_timeout": 900}
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
"""Redis: what a killed worker had taken comes back after so many seconds (and so does a longer task)."""
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "collecto"
CELERY_TASK_ROUTES = {"banks.*": {"queue": "owner"}}
"""Opening and erasing banks needs the owner's login, which only the worker of queue ``owner`` has."""
CELERY_BEAT_SCHEDULER = "tenants.tasks.beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "outbox-sweep": once("outbox.sweep", every_s=60),
    "outbox-forget": once("outbox.forget", every_s=24 * 3600),
    "network-deadlines": once("network.advance_due", every_s=60),
    "network-surplus": once("network.expire_surplus", every_s=60),
    "network-weekly": once("network.publish_weekly", every_s=1800),
    "network-needs": every_bank("network.tell_needs", every_s=600),
    "network-references": once("network.check_references", every_s=24 * 3600),
    "offers-expire": every_bank("offers.expire_due", every_s=300),
    "files-sweep": every_bank("files.sweep", every_s=24 * 3600),
    "recalls-read": once("alerts.read", every_s=3600),
    "recalls-screen": every_bank("recalls.screen", every_s=300),
    "recalls-catch-up": every_bank("alerts.catch_up", every_s=300),
    "recalls-remind": every_bank("recalls.remind", every_s=3600),
    "jobs-sweep": every_bank("jobs.sweep", every_s=300),
    "federation-fold": once("federation.fold", every_s=60),
    "federation-reconcile": once("federation.reconcile", every_s=24 * 3600),
    "federation-books": every_bank("federation.verify_books", every_s=24 * 3600),
    "federation-reports": once("federation.reports", every_s=24 * 3600),
    "tasks-forget": once("tasks.forget", every_s=24 * 3600),
    "banks-sweep": once("banks.sweep", every_s=60),
    "banks-forget-hosts": once("banks.forget_hosts", every_s=24 * 3600),
}
