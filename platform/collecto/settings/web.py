"""Templates, static files, sessions, security headers."""

from pathlib import Path

from csp.constants import NONE, SELF

from collecto.settings import environment

PACKAGE = Path(__file__).resolve().parent.parent

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collecto.menu.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lucide.templatetags.lucide",
                "template_partials.templatetags.partials",
                "apps.kernel.templatetags.collecto",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATIC_URL = "static/"
STATIC_ROOT: str | None = environment.value(
    "STATIC_ROOT", str(PACKAGE.parent.parent / ".collecto" / "static")
)

BASE_DOMAIN = environment.value("COLLECTO_BASE_DOMAIN", "localhost")
"""Public site; each bank answers on ``<slug>.<BASE_DOMAIN>``."""
PUBLIC_HOSTS = [BASE_DOMAIN, f"collecto.{BASE_DOMAIN}", f"www.{BASE_DOMAIN}"]
ALLOWED_HOSTS = [BASE_DOMAIN, f".{BASE_DOMAIN}"]

SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "collecto.notices.HostMessages"
MESSAGE_COOKIE_NAME = "messages"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
