"""Production: everything secret from the environment, HTTPS everywhere."""

from collecto.settings import environment
from collecto.settings.base import *
from collecto.settings.logs import logging_as

SECRET_KEY = environment.value("SECRET_KEY")
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
LANGUAGE_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
MESSAGE_COOKIE_NAME = "__Host-messages"
LANGUAGE_COOKIE_NAME = "__Host-language"
DEVICE_COOKIE_NAME = "__Host-device"
DEVICE_COOKIE_SECURE = True
CACHES = {"default": cache_at(environment.value("CACHE_URL"))}
if not FILES_BACKEND:
    environment.value("FILES_ROOT")  # no object store: the folder must be named, for the default may be lost
STORAGES = {
    "default": BANK_FILES,
    "staticfiles": {"BACKEND": "collecto.stylesheet.StaticFiles"},
}
EMAIL_BACKEND = environment.value("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
if EMAIL_BACKEND.endswith("smtp.EmailBackend"):
    EMAIL_HOST = environment.value("EMAIL_HOST", why="without a mail server nobody gets the code to sign in")
DEFAULT_FROM_EMAIL = environment.value("DEFAULT_FROM_EMAIL", f"COLLECTO <noreply@{BASE_DOMAIN}>")
TRUSTED_PROXY_COUNT = int(environment.value("TRUSTED_PROXY_COUNT", "1"))
LOG_FORMAT = environment.value("LOG_FORMAT", "json")
LOGGING = logging_as(LOG_FORMAT)
