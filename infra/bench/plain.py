"""Settings of the same product on plain Django: one schema, one login, nothing that keeps banks apart.

What the guarded connection costs is measured against these. The models, views and templates are the same.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property

from apps.kernel.scope import Scope, ScopeKind, scope_opened
from collecto.settings.demo import *  # noqa: F403
from collecto.settings.demo import DATABASES, INSTALLED_APPS, MIDDLEWARE

if TYPE_CHECKING:
    from tenants.registry.models import FoodBank

BANK_SLUG = "page"
LEFT_OUT = {
    "tenants.registry.middleware.BankMiddleware",
    "collecto.scope_watch.ScopeWatchMiddleware",
}

INSTALLED_APPS = [name for name in INSTALLED_APPS if name != "django_tenants"]
MIDDLEWARE = [
    name.replace("tenants.registry.middleware.SpaceMiddleware", "infra.bench.plain.OneBank")
    for name in MIDDLEWARE
    if name not in LEFT_OUT
]
DATABASE_ROUTERS = []
DATABASES = {"default": {**DATABASES["default"], "ENGINE": "django.db.backends.postgresql"}}


class OneBank:
    """Serves the only bank there is: no host to look up, no role, no schema."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    @cached_property
    def bank(self) -> "FoodBank":
        """The bank, read once."""
        from tenants.registry.models import FoodBank

        return FoodBank.objects.select_related("parent").get(slug=BANK_SLUG)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; the code that asks whose rows are open gets an answer, the database is not told."""
        with scope_opened(Scope(kind=ScopeKind.PLATFORM)):
            request.bank = bank = self.bank  # type: ignore[attr-defined]
        scope = Scope(kind=ScopeKind.BANK, bank_id=bank.pk, bank_slug=bank.slug, bank_name=bank.name)
        with scope_opened(scope), timezone.override(scope.zone):
            return self.get_response(request)
