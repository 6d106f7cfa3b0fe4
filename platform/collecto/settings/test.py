"""Tests: stricter than production, nothing leaves the machine."""

import os
from pathlib import Path
from tempfile import gettempdir

from collecto.settings.base import *
from collecto.settings.base import BANK_FILES, DATABASE_URL, DATABASES, bytes_in, cache_at, login

SECRET_KEY = "only-for-tests"  # noqa: S105
DEMO = True
LANGUAGE_CODE = "en"
CELERY_BROKER_URL = ""
CELERY_TASK_ALWAYS_EAGER = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RAPPELCONSO_ON = False
RAPPELCONSO_PAUSE_SECONDS = 0.01
RAPPELCONSO_SECONDS = 2.0
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
BANK_FILES["OPTIONS"]["inner"] = bytes_in(Path(gettempdir()) / f"collecto-tests-{os.getpid()}")
CACHES = {"default": cache_at("")}
DATABASES["default"]["OPTIONS"].pop("pool", None)
OWNER = login(DATABASE_URL, statement_seconds=0, connections=2)
DATABASES.setdefault("owner", OWNER)["OPTIONS"].pop("pool")
TENANT_DB_ALIAS = "owner"
SENTRY_DSN = ""
SCOPE_CHECK_EVERY = 1
HOST_MEMORY_SECONDS = 0.0
