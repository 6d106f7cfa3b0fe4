"""The Celery application: ``celery -A collecto.celery``. Every task of it runs in the bank it names."""

import os

from tenants.tasks.sending import Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")

app = Application("collecto", task_cls="tenants.tasks.base:BankTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
