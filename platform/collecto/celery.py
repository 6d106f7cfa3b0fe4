"""The Celery application: ``celery -A collecto.celery``. Every task of it runs in the bank it names."""

import os
from typing import Any

from celery import bootsteps

from tenants.isolation.startup import refuse_unsafe
from tenants.tasks.sending import Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")

app = Application("collecto", task_cls="tenants.tasks.base:BankTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class SafeDatabase(bootsteps.StartStopStep):
    """The worker takes no task before the database is known to keep the banks apart."""

    def start(self, worker: Any) -> None:
        """Look at the server and at the login; an ``UnsafeDatabase`` ends the worker."""
        refuse_unsafe()


app.steps["worker"].add(SafeDatabase)
