"""Applications: public or tenant, never both."""

from apps.flow import FLOW

SHARED_APPS = [
    "django_tenants",
    "tenants.registry",
    "tenants.tasks",
    "tenants.accounts",
    "tenants.outbox",
    "tenants.library",
    "tenants.network",
    "tenants.federation",
    "collecto",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "template_partials",
    "lucide",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "api",
]
TENANT_APPS = ["apps.kernel", *(f"apps.{stage}" for stage in FLOW)]
PUT_AWAY = "apps.stock.selectors.put_away_of_receipt"
"""Who tells receiving where goods are best put: what lies where is known further down the flow."""
GOODS_PANELS = "apps.stock.views.levels.panels_of"
"""Who adds to the sheet of a product or a family what is known of it further down the flow."""
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]

AUTH_USER_MODEL = "accounts.User"
TENANT_MODEL = "registry.FoodBank"
TENANT_DOMAIN_MODEL = "registry.Domain"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "collecto.health.HealthMiddleware",
    "collecto.visits.VisitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenants.registry.middleware.SpaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.accounts.middleware.ActorMiddleware",
    "tenants.accounts.middleware.SecondFactorMiddleware",
    "tenants.accounts.presence.PresenceMiddleware",
    "tenants.registry.middleware.BankMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "collecto.photographs.PhotographMiddleware",
    "collecto.refusals.RefusalMiddleware",
    "collecto.scope_watch.ScopeWatchMiddleware",
]

ROOT_URLCONF = "collecto.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "collecto.urls_public"
FEDERATION_URLCONF = "collecto.urls_federation"
WSGI_APPLICATION = "collecto.wsgi.application"
