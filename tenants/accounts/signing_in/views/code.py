"""Asking for a code by e-mail."""

from typing import Any

from allauth.account.views import RequestLoginCodeView
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class RequestCode(RequestLoginCodeView):  # type: ignore[misc]
    """Sends a code; somebody who waits for one may ask again, for another address too."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Show the page again instead of the one where the code is typed."""

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form, in the words of the other pages."""
        form = super().get_form(form_class)
        form.fields["email"].label = _("E-mail")
        form.fields["email"].widget.attrs.pop("placeholder", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other ways in that this installation offers."""
        return {**super().get_context_data(**kwargs), "proconnect": bool(settings.PROCONNECT_ISSUER)}
