"""The declaration link of a donor, for the bank's people who keep the files: made, sent, printed, ended."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.donors.models import Donor
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.pages import Action, Column, Kind, Panel, RecordAct, RecordDetail, RecordPage
from apps.kernel.pages.pdf import pdf_response
from tenants.accounts.addresses import entry_of
from tenants.network import services
from tenants.network.abilities import abilities
from tenants.network.forms import LinkRenewForm, LinkRevokeForm
from tenants.network.linking import account_of, is_withheld, require_shown
from tenants.network.links import LinkState, declaration_address, is_good, link_state
from tenants.network.models import DonorAccount
from tenants.network.papers import link_code, link_pdf

CHIPS: Final[Mapping[LinkState, tuple[Text, Tone]]] = {
    LinkState.NONE: (_("No link"), Tone.NEUTRAL),
    LinkState.GOOD: (_("In force"), Tone.OK),
    LinkState.EXPIRED: (_("Link expired"), Tone.WARN),
    LinkState.REVOKED: (_("Link revoked"), Tone.NEUTRAL),
}


class LinkPage(RecordPage[Donor]):
    """What the pages of a donor's link share: the bank's own file on the donor, and its account."""

    model = Donor
    urls = "donors_donor"
    abilities = staticmethod(abilities)
    verb = "link"

    @cached_property
    def account(self) -> DonorAccount | None:
        """The account that the file points at."""
        return account_of(self.record)

    @cached_property
    def withheld(self) -> bool:
        """Whether the account is known to the network, but not through this bank: nothing of it is shown."""
        return self.account is not None and is_withheld(self.account)

    @property
    def here(self) -> str:
        """Address of the page about the link."""
        return reverse("network_donor_link", args=[self.record.pk])

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the page, with the donor's file as the way back."""
        back = {"list_url": self.url("detail", self.record), "list_label": str(self.record)}
        return super().page(status=status, template=template, **{**context, **back})

    def back_url(self) -> str:
        """Return the page about the link."""
        return self.here

    def success_url(self, record: Donor) -> str:
        """Return the page about the link."""
        return self.here


class DonorLink(LinkPage, RecordDetail[Donor]):
    """Where the link of a donor stands, the code to scan, and what may be done with it."""

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the page under its own name."""
        named = {**context, "title": _("Declaration link")}
        return super().page(status=status, template=template, **named)

    def state(self, record: Donor) -> Chip:
        """Return where the link stands."""
        if self.withheld:
            return Chip(_("By e-mail only"), Tone.NEUTRAL)
        label, tone = CHIPS[link_state(self.account)]
        return Chip(label, tone)

    @property
    def fields(self) -> tuple[Column, ...]:  # type: ignore[override]
        """What is known of the link."""
        held = self.account
        if held is None or self.withheld or held.link_expires_at is None:
            return (self._sent_to(),)
        columns = [
            Column(label=_("Made on"), value=lambda _donor: held.link_made_at, kind=Kind.DAY),
            Column(label=_("Good until"), value=lambda _donor: held.link_expires_at, kind=Kind.DAY),
            Column(label=_("Last declaration"), value=lambda _donor: held.link_used_at, kind=Kind.MOMENT),
        ]
        if held.link_revoked_at is not None:
            columns.append(
                Column(label=_("Revoked on"), value=lambda _donor: held.link_revoked_at, kind=Kind.MOMENT)
            )
        return (*columns, self._sent_to())

    def actions(self, record: Donor, allowed: Abilities) -> list[Action]:
        """Return what may be done with the link now."""
        if self.withheld:
            return [] if record.is_archived else [self._send(record)]
        revoke = reverse("network_donor_link_revoke", args=[record.pk])
        end = Action(label=_("Revoke"), url=revoke, icon="ban", grave=True)
        if record.is_archived:
            return [end] if is_good(self.account) else []
        if not is_good(self.account):
            if not record.email and self.account is None:
                edit = self.url("edit", record)
                return [Action(label=_("Write its e-mail first"), url=edit, icon="pencil", primary=True)]
            make = reverse("network_donor_link_make", args=[record.pk])
            return [Action(label=_("Make a link"), url=make, icon="link", post=True, primary=True)]
        urls = {name: reverse(f"network_donor_link_{name}", args=[record.pk]) for name in ("sheet", "renew")}
        return [
            Action(label=_("Print a sheet"), url=urls["sheet"], icon="printer"),
            Action(label=_("Renew"), url=urls["renew"], icon="refresh-cw"),
            end,
            self._send(record),
        ]

    def panels(self, record: Donor) -> list[Panel]:
        """Return the code and the address, while they lead anywhere."""
        address = code = ""
        shows = not (record.is_archived or self.withheld)
        if shows and is_good(self.account) and self.account is not None:
            address = declaration_address(self.account, entry_of(self.request))
            code = b64encode(link_code(record.name, address).content).decode()
        shown = {
            "address": address,
            "code": code,
            "state": link_state(self.account),
            "donor": record,
            "is_withheld": self.withheld,
        }
        return [Panel(title=_("The link"), template="network/donor_link.html", context=shown)]

    def _send(self, record: Donor) -> Action:
        url = reverse("network_donor_link_send", args=[record.pk])
        return Action(label=_("Send by e-mail"), url=url, icon="mail", post=True, primary=True)

    def _sent_to(self) -> Column:
        known = self.account.email if self.account else ""
        return Column(
            label=_("Sent to"), value=lambda donor: known if self.withheld else donor.email or known
        )


class LinkMake(LinkPage):
    """Makes the link of a donor that has none in force."""

    writing = True

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Lead to the page, whose button makes it."""
        return HttpResponseRedirect(self.here)

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Make it."""
        return self.done(self.made())

    def made(self) -> str:
        """Make the link; returns what to say."""
        account = services.link_make(self.request.actor, donor=self.record)
        if is_withheld(account):
            return gettext("%(donor)s is known to the network already: have its link sent to it.") % {
                "donor": self.record
            }
        return gettext("The link of %(donor)s is ready.") % {"donor": self.record}

    def done(self, said: str) -> HttpResponse:
        """Say what was done, and lead back."""
        messages.success(self.request, said)
        return HttpResponseRedirect(self.here)


class LinkSend(LinkMake):
    """Sends the link to the donor."""

    def made(self) -> str:
        """Have it sent; returns what to say."""
        email = services.link_send(self.request.actor, donor=self.record, entry=entry_of(self.request))
        return gettext("The link is on its way to %(email)s.") % {"email": email}


class LinkRestore(LinkMake):
    """Undoes the end of a link."""

    def made(self) -> str:
        """Give it back; returns what to say."""
        services.link_restore(self.request.actor, donor=self.record)
        return gettext("The link of %(donor)s is in force again.") % {"donor": self.record}


class LinkAct(LinkPage, RecordAct[Donor]):
    """A change to a link, by a bank that may see it."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the form.

        Raises:
            LinkWithheld: the link is not for this bank to change.
        """
        require_shown(self.account)
        return super().get(request, pk)


class LinkRenew(LinkAct):
    """Replaces the link: what was sent and printed before is dead."""

    form_class = LinkRenewForm
    title = _("Renew the link?")
    submit = _("Renew the link")
    lead = _(
        "The link sent or printed before opens nothing any more. Send the new one, and print a new sheet."
    )
    success = _("%(record)s has a new link.")

    def initial(self) -> dict[str, Any]:
        """Return the link that is about to be replaced."""
        return {"version": self.account.link_version if self.account else 0}

    def perform(self, form: forms.BaseForm) -> Donor:
        """Renew it."""
        services.link_renew(self.request.actor, donor=self.record, **form.cleaned_data)
        return self.record


class LinkRevoke(LinkAct):
    """Ends the link of a donor; it can be undone for a moment."""

    form_class = LinkRevokeForm
    title = _("Revoke the link?")
    submit = _("Revoke the link")
    lead = _(
        "Nobody declares food with it any more. The donor may still give without a link, "
        "and ask for a new one, which is sent to its own address."
    )
    success = _("%(record)s: the link is revoked.")
    service = staticmethod(services.link_revoke)

    def undo_url(self, record: Donor) -> str:
        """Return the way back."""
        return reverse("network_donor_link_restore", args=[record.pk])


class LinkSheet(LinkPage):
    """The link on paper, to hang up where the food is put aside."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show.

        Raises:
            Http404: no link is in force, or the file is archived.
            LinkWithheld: the link is not for this bank to see.
        """
        account = self.account
        require_shown(account)
        until = account.link_expires_at if account else None
        if account is None or until is None or not is_good(account) or self.record.is_archived:
            raise Http404
        address = declaration_address(account, entry_of(request))
        content = link_pdf(self.record.name, address=address, good_until=until)
        name = f"{slugify(str(self.record)) or 'donor'}.pdf"
        return pdf_response(content, name=name)
