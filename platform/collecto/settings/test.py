"""Tests: stricter than production, nothing leaves the machine."""

from copy import deepcopy

from collecto.settings.base import *
from collecto.settings.base import BANK_FILES, DATABASES, cache_at

SECRET_KEY = "only-for-tests"  # noqa: S105
DEMO = True
LANGUAGE_CODE = "en"
CELERY_BROKER_URL = ""
CELERY_TASK_ALWAYS_EAGER = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
BANK_FILES["OPTIONS"]["inner"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
CACHES = {"default": cache_at("")}
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES.setdefault("owner", deepcopy(DATABASES["default"]))["OPTIONS"].pop("pool", None)
TENANT_DB_ALIAS = "owner"
SENTRY_DSN = ""
SCOPE_CHECK_EVERY = 1
