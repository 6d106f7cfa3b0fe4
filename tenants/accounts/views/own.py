"""What people choose for themselves."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from tenants.accounts.models import User
from tenants.accounts.services import language_choose


@login_not_required
@require_POST
def account_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language a person chose, in their file when signed in and in this browser; go back."""
    if isinstance(request.user, User):
        language_choose(
            user=request.user, language=request.POST.get("language", ""), bank=getattr(request, "bank", None)
        )
    return set_language(request)
