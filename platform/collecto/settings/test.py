"""Tests: stricter than production, nothing leaves the machine."""

from copy import deepcopy

from collecto.settings.base import *
from collecto.settings.base import DATABASES

SECRET_KEY = "only-for-tests"  # noqa: S105
DEMO = True
LANGUAGE_CODE = "en"
CELERY_BROKER_URL = ""
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES.setdefault("owner", deepcopy(DATABASES["default"]))["OPTIONS"].pop("pool", None)
TENANT_DB_ALIAS = "owner"
