"""Production, on the site where everything fails."""

from collecto.settings.production import *
from collecto.settings.production import MIDDLEWARE, STORAGES

ROOT_URLCONF = PUBLIC_SCHEMA_URLCONF = "tests.collecto.observability.failing"
MIDDLEWARE = [*MIDDLEWARE[:-2], "tests.collecto.observability.failing.FailingMiddleware", *MIDDLEWARE[-2:]]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", 9
CELERY_IMPORTS = ["tests.collecto.observability.failing"]
SCOPE_CHECK_EVERY = 1
