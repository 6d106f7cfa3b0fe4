"""Pages that take a lost second factor away: of a person of the place, or of anybody, by the operator."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.pages import RecordCreate
from tenants.accounts.forms import ResetAnyForm, ResetForm
from tenants.accounts.models import User
from tenants.accounts.signing_in.confirmation import confirmed
from tenants.accounts.signing_in.resets import reset_abilities, second_factor_reset, second_factor_reset_of
from tenants.accounts.views.people import HatAct, PersonPage


class FactorReset(HatAct):
    """Takes a lost second factor away; the person is told by e-mail, and every session of theirs ends."""

    verb = "reset"
    form_class = ResetForm
    title = _("Lost second factor")
    submit = _("Take the second factor away")
    lead = _(
        "Be sure that it is them who ask: see them, or call the number you know. Their passkeys, app, "
        "recovery codes and links to ProConnect are removed, every device is signed out, and an e-mail tells "
        "them who did it."
    )
    success = _("%(record)s makes a new second factor at the next sign-in.")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view, for somebody who has just proved that it is them."""
        return confirmed(super().as_view(**initkwargs))

    @cached_property
    def allowed(self) -> Abilities:
        """Whether whoever asks may do it with this person."""
        return reset_abilities(self.request.actor, user=self.record, bank=self.place)

    def perform(self, form: forms.BaseForm) -> User:
        """Take it away."""
        second_factor_reset(self.request.actor, user=self.record, bank=self.place, **form.cleaned_data)
        return self.record


class AnyFactorReset(PersonPage, RecordCreate[User]):
    """The operator takes away the lost second factor of anybody in the network, by their address."""

    verb = "end"
    form_class = ResetAnyForm
    title = FactorReset.title
    submit = FactorReset.submit
    lead = FactorReset.lead
    success = FactorReset.success

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view, for somebody who has just proved that it is them."""
        return confirmed(super().as_view(**initkwargs))

    def perform(self, form: forms.BaseForm) -> User:
        """Take it away.

        Raises:
            DomainError: nobody signs in with this address.
        """
        return second_factor_reset_of(self.request.actor, **form.cleaned_data)

    def success_url(self, record: User) -> str:
        """Return to the people who run the platform."""
        return self.url("list")
