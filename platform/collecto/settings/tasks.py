"""Deferred work: Celery carries hints, the outbox carries the truth."""

from collecto.settings import environment

CELERY_BROKER_URL = environment.value("CELERY_BROKER_URL", "")
"""Empty: no worker; what must happen later happens after the commit, in the same process."""
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "outbox-sweep": {"task": "outbox.sweep", "schedule": 60.0},
    "outbox-forget": {"task": "outbox.forget", "schedule": 24 * 3600.0},
    "network-deadlines": {"task": "network.advance_due", "schedule": 60.0},
    "offers-expire": {"task": "offers.expire_due", "schedule": 300.0},
    "federation-fold": {"task": "federation.fold", "schedule": 60.0},
    "federation-reconcile": {"task": "federation.reconcile", "schedule": 24 * 3600.0},
}
