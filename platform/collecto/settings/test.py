"""Tests: stricter than production, nothing leaves the machine."""

import os
from copy import deepcopy
from pathlib import Path
from tempfile import gettempdir

from collecto.settings.base import *
from collecto.settings.base import BANK_FILES, DATABASES, bytes_in, cache_at

SECRET_KEY = "only-for-tests"  # noqa: S105
DEMO = True
LANGUAGE_CODE = "en"
CELERY_BROKER_URL = ""
CELERY_TASK_ALWAYS_EAGER = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
BANK_FILES["OPTIONS"]["inner"] = bytes_in(Path(gettempdir()) / f"collecto-tests-{os.getpid()}")
CACHES = {"default": cache_at("")}
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES.setdefault("owner", deepcopy(DATABASES["default"]))["OPTIONS"].pop("pool", None)
TENANT_DB_ALIAS = "owner"
SENTRY_DSN = ""
SCOPE_CHECK_EVERY = 1
