"""Passkeys: made, named, renamed, removed and used, each on the host it was made on."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as library
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from apps.kernel.doors import reads, writes
from tenants.accounts.signing_in.confirmation import back_from
from tenants.accounts.signing_in.devices import device_keep, device_of, proof_keep
from tenants.accounts.signing_in.factors import host_of, is_of
from tenants.accounts.signing_in.forms import PasskeyForm, PasskeyNameForm, PasskeySignInForm
from tenants.accounts.signing_in.requirement import second_factor_of
from tenants.accounts.signing_in.views.shown import NEXT, new_passkey_options, onward, person_of


@never_cache
@reads
def passkey_list(request: HttpRequest) -> HttpResponse:
    """List the passkeys of a person: those of this host first, each with what can be done with it."""
    host = host_of(request)
    kept = Authenticator.objects.filter(user=person_of(request), type=Authenticator.Type.WEBAUTHN)
    keys = [
        {"key": key, "name": str(key), "is_here": is_of(key, host)} for key in kept.order_by("created_at")
    ]
    keys.sort(key=lambda each: not each["is_here"])
    return render(request, "account/passkeys.html", {"passkeys": keys})


@never_cache
@writes
def passkey_offer(request: HttpRequest) -> HttpResponse:
    """Offer a passkey to whoever has just signed in with a code; *not now* is remembered on this device."""
    back = back_from(request, "home")
    if request.method == "POST":
        answer = HttpResponseRedirect(back)
        device_keep(request, answer, device_of(request).declined_by(person_of(request)))
        return answer
    request.session[NEXT] = back
    return render(request, "account/passkey_offer.html", {"back": back})


class PasskeyAdd(library.AddWebAuthnView):  # type: ignore[misc]
    """Makes a passkey on this device for this host."""

    form_class = PasskeyForm
    template_name = "account/passkey_add.html"

    def get_form_class(self) -> type[PasskeyForm]:
        """Return the form with a name and nothing else to choose."""
        return PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser must know."""
        context: dict[str, Any] = super(library.AddWebAuthnView, self).get_context_data(**kwargs)
        return {**context, "options": new_passkey_options(person_of(self.request))}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the passkey; who made it has shown two factors: the code, and the device's own lock."""
        answer: HttpResponse = super().form_valid(form)
        if second_factor_of(self.request).is_needed:
            proof_keep(self.request, answer, person_of(self.request))
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again."""
        page: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return page

    def get_success_url(self) -> str:
        """Return the recovery codes to whoever may not do without, else the page they came for."""
        if second_factor_of(self.request).is_needed and self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return onward(self.request) if NEXT in self.request.session else reverse("mfa_list_webauthn")


class PasskeyRename(library.EditWebAuthnView):  # type: ignore[misc]
    """Gives a passkey another name."""

    template_name = "account/passkey_rename.html"

    def get_form_class(self) -> type[PasskeyNameForm]:
        """Return the form with our words."""
        return PasskeyNameForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again."""
        page: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return page


class PasskeyRemove(library.RemoveWebAuthnView):  # type: ignore[misc]
    """Removes a passkey; the last factor of whoever needs one stays."""

    template_name = "account/passkey_remove.html"
    context_object_name = "authenticator"

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, unless the person's role needs it."""
        if not get_adapter().can_delete_authenticator(self.object):
            messages.error(self.request, _("Your role needs a second factor: add another one first."))
            return redirect("mfa_list_webauthn")
        answer: HttpResponse = super().form_valid(form)
        return answer


class PasskeySignIn(library.LoginWebAuthnView):  # type: ignore[misc]
    """Signs in with a passkey alone."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Let somebody who asked for a code use a passkey instead."""

    def get_form_class(self) -> type[PasskeySignInForm]:
        """Return the form that believes no nonsense."""
        return PasskeySignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Let the person in; a key that was made on another host is refused even if it says otherwise."""
        if not is_of(form.cleaned_data["credential"], host_of(self.request)):
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Go back to the first page of sign-in, and say what to do."""
        said = _("This passkey is not known here. Ask for a code; then add this device to this bank.")
        messages.error(self.request, said)
        back = self.request.POST.get(REDIRECT_FIELD_NAME, "")
        query = {REDIRECT_FIELD_NAME: back} if back else None
        return redirect(reverse("account_request_login_code", query=query))
