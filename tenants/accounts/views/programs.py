"""Programs that read and write in a bank: let in with a secret shown once, shut out at any time."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.errors import DomainError, Forbidden, Text
from apps.kernel.forms import add_refusal
from apps.kernel.pages import Action, Column, Kind, RecordAct, RecordCreate, RecordList, RecordPage
from tenants.accounts.abilities import abilities
from tenants.accounts.forms import TokenForm
from tenants.accounts.models import ApiToken, User
from tenants.accounts.people import tokens_of
from tenants.accounts.services import token_issue, token_revoke
from tenants.accounts.signing_in.confirmation import confirmed


def token_state(token: ApiToken) -> Chip:
    """Return whether a program may still come in."""
    return Chip(_("Shut out")) if token.revoked_at else Chip(_("In force"), Tone.OK)


class TokenPage(RecordPage[ApiToken]):
    """What the pages of programs share."""

    model = ApiToken
    urls = "accounts_token"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[ApiToken]:
        """Return the programs of this bank."""
        return tokens_of(self.request.bank)


class TokenList(TokenPage, RecordList[ApiToken]):
    """The programs, who let them in, when they came last."""

    verb = "view_tokens"
    columns = (
        Column(label=_("Name of the program"), value="label", sort="label"),
        Column(label=_("Works as"), value=lambda token: token.get_role_display() or _("Its person")),
        Column(label=_("Let in by"), value=lambda token: str(token.user)),
        Column(label=_("Since"), value="created_at", kind=Kind.DAY, sort="created_at"),
        Column(label=_("Last used"), value="last_used_at", kind=Kind.MOMENT, sort="last_used_at"),
        Column(label=_("State"), value=token_state),
    )
    search_fields = ("label",)
    ordering = ("-created_at",)
    acts_in_rows = True
    lead = _("Scales, spreadsheets and other programs that speak to this bank by its API.")
    empty_text = _("No program yet.")

    def row_url(self, record: ApiToken) -> str:
        """Return nothing: a program has no page of its own."""
        return ""

    def row_actions(self, record: ApiToken) -> list[Action]:
        """Return the way to shut it out."""
        if record.revoked_at:
            return []
        url = reverse("accounts_token_revoke", args=[record.pk])
        return [Action(label=_("Shut the program out"), url=url, asks=True)]

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to let one in."""
        url = reverse("accounts_token_create")
        return [Action(label=_("Let a program in"), url=url, icon="plus", primary=True)]


class TokenCreate(TokenPage, RecordCreate[ApiToken]):
    """Lets a program in; its secret is on the answer, and nowhere else ever again."""

    verb = "issue_token"
    form_class = TokenForm
    title = submit = _("Let a program in")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, for somebody who has just proved that it is them."""
        return never_cache(confirmed(super().as_view(**initkwargs)))

    def answered(self) -> HttpResponse:
        """Show the secret once, or what is wrong."""
        form = self.form(self.request.POST)
        if form.is_valid():
            try:
                user = cast("User", self.request.user)
                token, secret = token_issue(user=user, bank=self.request.bank, **form.cleaned_data)
            except Forbidden:
                raise
            except DomainError as error:
                add_refusal(form, error)
            else:
                return self.page(template="accounts/token_shown.html", token=token, secret=secret)
        return self.shown(form, status=422)


class TokenRevoke(TokenPage, RecordAct[ApiToken]):
    """Shuts a program out."""

    verb = "revoke_token"
    form_class = forms.Form
    service = staticmethod(token_revoke)
    record_name = "token"
    title = submit = _("Shut the program out")
    is_grave = True
    success = _("%(record)s is shut out.")

    @property
    def lead(self) -> Text:  # type: ignore[override]
        """Name the program."""
        return gettext("%(label)s: its secret opens nothing any more, from now on.") % {
            "label": self.record.label
        }

    def back_url(self) -> str:
        """Return the list."""
        return self.url("list")

    def success_url(self, record: ApiToken) -> str:
        """Return the list."""
        return self.url("list")
