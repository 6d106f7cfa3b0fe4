"""The Celery application: ``celery -A collecto.celery``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")

app = Celery("collecto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
