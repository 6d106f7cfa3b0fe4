"""Forms about people: invite, give and take a role, one's own name and address, programs."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Role
from apps.kernel.display import NOTHING
from apps.kernel.forms import FilterForm, OpKeyForm
from tenants.accounts.models import ROLE_LABELS
from tenants.accounts.places import OF_A_BANK
from tenants.accounts.states import InvitationState

LONGEST_REASON = 300


def role_choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    """Return roles as a form offers them."""
    return [(role.value, ROLE_LABELS[role]) for role in roles]


def language_field() -> forms.ChoiceField:
    """Return the choice of a language, the reader's own first chosen."""
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial=get_language)


def code_typed() -> forms.CharField:
    """Return the box for a code that came by e-mail."""
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=attrs))


class InviteForm(OpKeyForm):
    """Whom to invite, in which language, with which roles; a charity's person has no choice of role."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    full_name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    language = language_field()
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    partner_id = forms.TypedChoiceField(
        label=_("Charity"),
        coerce=UUID,
        empty_value=None,
        required=False,
        help_text=_("For the role “Partner charity”: the person sees this charity alone."),
    )
    may_invite = forms.BooleanField(
        label=_("May invite colleagues of that charity"),
        required=False,
        help_text=_("For the person in charge there: they invite and see the people of their charity."),
    )

    def __init__(
        self,
        *args: Any,
        roles: Iterable[Role],
        charities: Mapping[UUID, str],
        is_colleague: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = role_choices(roles)
        self.fixed_roles = [value for value, _label in offered] if len(offered) == 1 else []
        self.fields["roles"].choices = offered  # type: ignore[attr-defined]
        self.fields["partner_id"].choices = [("", NOTHING), *charities.items()]  # type: ignore[attr-defined]
        if self.fixed_roles:
            del self.fields["roles"]
        if is_colleague or not charities:
            del self.fields["partner_id"], self.fields["may_invite"]

    def clean(self) -> dict[str, Any]:
        """Add the only role there is, where there is no choice."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return {**data, "roles": self.fixed_roles} if self.fixed_roles else data


class ManagerInviteForm(OpKeyForm):
    """The operator invites a manager to a bank, and says why: its people will read it."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    full_name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    language = language_field()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("The managers of the bank read it in the history of this person."),
    )


class GrantForm(forms.Form):
    """One more role for somebody who works here."""

    role = forms.ChoiceField(label=_("Role"))
    partner_id = forms.TypedChoiceField(
        label=_("Charity"),
        coerce=UUID,
        empty_value=None,
        required=False,
        help_text=_("For the role “Partner charity”: the person sees this charity alone."),
    )
    may_invite = forms.BooleanField(label=_("May invite colleagues of that charity"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, required=False)

    def __init__(
        self, *args: Any, roles: Iterable[Role], charities: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Choose")), *role_choices(roles)]  # type: ignore[attr-defined]
        self.fields["partner_id"].choices = [("", NOTHING), *charities.items()]  # type: ignore[attr-defined]


class NarrowForm(forms.Form):
    """The charity that a person speaks for, and whether they invite its other people."""

    partner_id = forms.TypedChoiceField(label=_("Charity"), coerce=UUID)
    may_invite = forms.BooleanField(label=_("May invite colleagues of that charity"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, required=False)

    def __init__(self, *args: Any, charities: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner_id"].choices = list(charities.items())  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Why a role ends; one's own asks to be sure."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
    sure = forms.BooleanField(label=_("I know that this is my own role and that I lose it now"))

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_own:
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        """Keep what the service asks for."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return {name: value for name, value in data.items() if name != "sure"}


class ResetForm(forms.Form):
    """Why somebody's second factor is taken away."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("The person reads it in the e-mail they get."),
    )


class ResetAnyForm(ResetForm):
    """Whose second factor is taken away, and why."""

    email = forms.EmailField(
        label=_("E-mail they sign in with"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    field_order = ("email", "reason")


class PersonFilter(FilterForm):
    """Filters of the list of people."""

    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *role_choices(OF_A_BANK)])
    state = forms.ChoiceField(
        label=_("Show"), choices=[("", _("Who works here")), ("ended", _("Who has left"))]
    )

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep all of them: the list itself knows the place that these words are about."""
        return records


class InvitationFilter(FilterForm):
    """Filter of the list of invitations."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *InvitationState.choices])

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep all of them: the list itself knows the place that these words are about."""
        return records


class IdentityForm(forms.Form):
    """How a person is called, and in which language they read."""

    full_name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = language_field()


class NewAddressForm(forms.Form):
    """The address that a person wants to sign in with from now on."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        help_text=_("We send a code to it. Until you have typed it, nothing changes."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    """The code of a mail."""

    code = code_typed()


class TokenForm(OpKeyForm):
    """A program to let in: what it is called, and as which role it works."""

    label = forms.CharField(
        label=_("Name of the program"), max_length=80, help_text=_("For example: scales of the cold room.")
    )
    role = forms.ChoiceField(
        label=_("Works as"),
        choices=role_choices(OF_A_BANK[:-1]),
        initial=Role.VOLUNTEER.value,
        help_text=_("The program may do what this role may, and nothing else."),
    )
