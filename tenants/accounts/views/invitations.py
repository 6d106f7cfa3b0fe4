"""Invitations, for whoever invites: the list, a new one, sending again, taking back."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Role
from apps.kernel.display import Chip, Tone, day
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.pages import Action, Column, Kind, RecordAct, RecordCreate, RecordList, RecordPage
from tenants.accounts.abilities import abilities
from tenants.accounts.addresses import entry_of
from tenants.accounts.forms import InvitationFilter, InviteForm, ManagerInviteForm
from tenants.accounts.inviting import invitation_resend, invitation_revoke, manager_invite, person_invite
from tenants.accounts.models import ROLE_LABELS, Invitation
from tenants.accounts.people import invitation_state, invitations_in, invitations_of
from tenants.accounts.places import Place, charity_labels, roles_open_to
from tenants.accounts.signing_in.confirmation import confirmed
from tenants.accounts.states import InvitationState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus

TONES = {
    InvitationState.PENDING: Tone.INFO,
    InvitationState.EXPIRED: Tone.WARN,
    InvitationState.ACCEPTED: Tone.OK,
    InvitationState.REVOKED: Tone.NEUTRAL,
}


def roles_words(invitation: Invitation) -> str:
    """Return the roles that an invitation gives, with the charity."""
    words = ", ".join(str(ROLE_LABELS[Role(role)]) for role in invitation.roles)
    return f"{words} ({invitation.partner_label})" if invitation.partner_label else words


def state_chip(invitation: Invitation) -> Chip:
    """Return where an invitation stands, as a page shows it."""
    state = invitation_state(invitation)
    return Chip(state.label, TONES[state])


def changes_words(invitation: Invitation) -> str:
    """Return what became of an invitation, and who did it, the latest first."""
    return "; ".join(
        gettext("%(act)s by %(who)s on %(day)s")
        % {"act": event.get_act_display(), "who": event.actor_label or "COLLECTO", "day": day(event.at)}
        for event in invitation.events.all()
    )


class InvitationPage(RecordPage[Invitation]):
    """What the pages of invitations share."""

    model = Invitation
    urls = "accounts_invitation"
    abilities = staticmethod(abilities)
    verb = "invite"

    @property
    def place(self) -> Place:
        """The bank or the federation of the host; the platform itself on the public site."""
        place: Place = self.request.bank
        return place

    def records(self) -> QuerySet[Invitation]:
        """Return the invitations to this place that the person may read."""
        return invitations_of(self.place, self.request.actor)


class InvitationList(InvitationPage, RecordList[Invitation]):
    """Who was invited, by whom, and what became of it."""

    columns = (
        Column(
            label=_("Name"),
            value="full_name",
            sort="full_name",
            note=Column(label=_("E-mail"), value="email"),
        ),
        Column(label=_("Roles"), value=roles_words),
        Column(label=_("Invited by"), value="invited_by_label"),
        Column(label=_("Sent"), value="sent_at", kind=Kind.DAY, sort="sent_at"),
        Column(label=_("Good until"), value="expires_at", kind=Kind.DAY, sort="expires_at"),
        Column(label=_("State"), value=state_chip),
        Column(label=_("What changed"), value=changes_words),
    )
    search_fields = ("full_name", "email")
    filters = InvitationFilter
    acts_in_rows = True
    create_label = _("Invite somebody")
    lead = _("Who is invited opens the link of the letter, asks for a code, and is in.")
    empty_text = _("No invitation yet.")

    def found(self) -> QuerySet[Invitation]:
        """Return the invitations in the state asked for."""
        form = self.filter_form
        state = form.cleaned_data.get("state", "") if form.is_valid() else ""
        found = super().found().prefetch_related("events")
        return invitations_in(state, found) if state else found

    def row_url(self, record: Invitation) -> str:
        """Return nothing: an invitation has no page of its own."""
        return ""

    def row_actions(self, record: Invitation) -> list[Action]:
        """Return what can still be done with an invitation."""
        if record.accepted_at or record.revoked_at:
            return []
        again = reverse("accounts_invitation_resend", args=[record.pk])
        revoke = reverse("accounts_invitation_revoke", args=[record.pk])
        return [
            Action(label=_("Send again"), url=again, post=True),
            Action(label=_("Revoke"), url=revoke),
        ]

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new one."""
        return super().actions(allowed | {"create"})


class ConfirmedPage(RecordPage[Invitation]):
    """A page for somebody who has just proved that it is them: an invitation lets a stranger in."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view behind that proof."""
        return confirmed(super().as_view(**initkwargs))


class InvitationCreate(ConfirmedPage, InvitationPage, RecordCreate[Invitation]):
    """Invites somebody to this place."""

    title = _("Invite somebody")
    submit = _("Send the invitation")
    lead = _("They get a letter with a link. It is good for 14 days, and once.")
    success = _("%(record)s is invited: the letter is on its way.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the roles that the person may give."""
        actor = self.request.actor
        return InviteForm(
            data,
            initial=self.initial(),
            roles=roles_open_to(actor, self.place),
            charities=charity_labels(self.place),
            is_colleague=roles_open_to(actor, self.place) == (Role.PARTNER,),
            label_suffix="",
        )

    def perform(self, form: forms.BaseForm) -> Invitation:
        """Invite them."""
        return person_invite(
            self.request.actor, place=self.place, entry=entry_of(self.request), **form.cleaned_data
        )

    def success_url(self, record: Invitation) -> str:
        """Return to the list."""
        return self.url("list")


class ManagerInvite(ConfirmedPage, InvitationPage, RecordCreate[Invitation]):
    """The operator of the platform invites a manager to a bank."""

    form_class = ManagerInviteForm
    submit = _("Send the invitation")
    lead = _("They get a letter with a link. It is good for 14 days, and once.")
    success = _("%(record)s is invited: the letter is on its way.")

    @cached_property
    def allowed(self) -> Abilities:
        """What the person may do on the platform; the address names a bank, not an invitation."""
        return abilities(self.request.actor)

    @cached_property
    def bank(self) -> FoodBank:
        """The bank of the address, at work.

        Raises:
            Http404: there is none.
        """
        found = FoodBank.objects.prefetch_related("domains").filter(
            pk=self.kwargs["pk"], status=BankStatus.ACTIVE
        )
        bank: FoodBank | None = found.first()
        if bank is None:
            raise Http404
        return bank

    @property
    def title(self) -> Text:  # type: ignore[override]
        """Name the bank."""
        return _("Invite a manager · %(bank)s") % {"bank": self.bank.name}

    def get(self, request: StaffRequest, pk: UUID) -> HttpResponse:  # type: ignore[override]
        """Show the form."""
        return super().get(request)

    def post(self, request: StaffRequest, pk: UUID) -> HttpResponse:  # type: ignore[override]
        """Invite them."""
        return super().post(request)

    def perform(self, form: forms.BaseForm) -> Invitation:
        """Invite them to the bank."""
        actor = self.request.actor
        return manager_invite(actor, bank=self.bank, entry=entry_of(self.request), **form.cleaned_data)

    def success_url(self, record: Invitation) -> str:
        """Return to the bank."""
        return reverse("operator_bank_detail", args=[self.bank.pk])

    def back_url(self) -> str:
        """Return to the bank."""
        return reverse("operator_bank_detail", args=[self.bank.pk])


class InvitationAct(InvitationPage, RecordAct[Invitation]):
    """An act on one invitation."""

    form_class = forms.Form

    def back_url(self) -> str:
        """Return the list."""
        return self.url("list")

    def success_url(self, record: Invitation) -> str:
        """Return the list."""
        return self.url("list")


class InvitationResend(InvitationAct):
    """Sends a fresh letter."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Lead to the list, whose button sends."""
        return HttpResponseRedirect(self.url("list"))

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send it."""
        invitation_resend(request.actor, invitation=self.record, entry=entry_of(request))
        said = gettext("A fresh letter is on its way to %(email)s; the link of the former one is dead.")
        messages.success(request, said % {"email": self.record.email})
        return HttpResponseRedirect(self.url("list"))


class InvitationRevoke(InvitationAct):
    """Takes an invitation back."""

    title = submit = _("Revoke the invitation")
    is_grave = True
    success = _("%(record)s: the invitation is revoked.")

    @property
    def lead(self) -> Text:  # type: ignore[override]
        """Say to whom, and what happens."""
        return _("%(email)s: the link of the letter will no longer lead in.") % {"email": self.record.email}

    def perform(self, form: forms.BaseForm) -> Invitation:
        """Take it back."""
        return invitation_revoke(self.request.actor, invitation=self.record)
