"""The authenticator app, and the recovery codes for the day it is lost."""

from typing import Any

from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as library
from django.http import HttpResponse
from django.urls import reverse

from tenants.accounts.signing_in.devices import proof_keep
from tenants.accounts.signing_in.forms import AppForm
from tenants.accounts.signing_in.views.shown import onward, person_of


class AppAdd(library.ActivateTOTPView):  # type: ignore[misc]
    """Sets an authenticator app up: a picture to scan, a first code to type."""

    template_name = "account/app_add.html"

    def get_form_class(self) -> type[AppForm]:
        """Return the form with our words."""
        return AppForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the key in groups of four, as people type it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        key = str(context["form"].secret)
        return {**context, "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4))}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app; its first code was a second factor shown."""
        answer: HttpResponse = super().form_valid(form)
        proof_keep(self.request, answer, person_of(self.request))
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the same picture again."""
        page: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return page

    def get_success_url(self) -> str:
        """Return the recovery codes: whoever has an app must have seen them."""
        return reverse("mfa_view_recovery_codes")


class AppRemove(library.DeactivateTOTPView):  # type: ignore[misc]
    """Takes an authenticator app away."""

    template_name = "account/app_remove.html"

    def get_success_url(self) -> str:
        """Return to the hub."""
        return reverse("account_hub")


class CodesShow(codes.ViewRecoveryCodesView):  # type: ignore[misc]
    """Shows the recovery codes that are left."""

    template_name = "account/codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where the person was going."""
        return {**super().get_context_data(**kwargs), "onward": onward(self.request)}


class CodesMake(codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """Makes new recovery codes; the former ones are worth nothing then."""

    template_name = "account/codes_make.html"


class CodesFetch(codes.DownloadRecoveryCodesView):  # type: ignore[misc]
    """Gives the recovery codes as a file."""

    template_name = "account/codes.txt"
