"""Forms of the operator of the platform."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.folding import Fold
from apps.kernel.forms import field_for
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind, BankStatus
from tenants.registry.territory import UnknownDepartment, department

ADDRESS = ("address", "postcode", "city", "department", "latitude", "longitude", "email", "phone", "timezone")


class NewBankForm(forms.Form):
    """Everything needed to open a bank or an antenna."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.CharField(
        label=_("Sub-domain"),
        max_length=40,
        help_text=_("First word of its address: small letters, digits and hyphens."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind, kind.label) for kind in (BankKind.BANK, BankKind.ANTENNA)]
    )
    parent = forms.ModelChoiceField(
        label=_("Parent bank"), queryset=FoodBank.objects.none(), required=False, empty_label=_("None")
    )
    departments = forms.CharField(
        label=_("Departments served"), required=False, help_text=_("Their codes, for example 21 58 2A.")
    )
    activate = forms.BooleanField(
        label=_("Open it to its people as soon as it is ready"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gone = (BankStatus.ARCHIVED, BankStatus.ERASED)
        parents = FoodBank.objects.filter(kind=BankKind.BANK).exclude(status__in=gone).order_by(Fold("name"))
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        for name in ADDRESS:
            field = field_for(FoodBank._meta.get_field(name))
            if field is not None:
                self.fields[name] = field
        self.fields["timezone"].initial = "Europe/Paris"
        self.order_fields(["name", "slug", "kind", "parent", *ADDRESS, "departments", "activate"])

    def clean_departments(self) -> list[str]:
        """Return the codes typed, each once.

        Raises:
            ValidationError: no department has one of them.
        """
        typed = self.cleaned_data["departments"].upper().replace(",", " ").split()
        for code in typed:
            try:
                department(code)
            except UnknownDepartment as error:
                raise forms.ValidationError(
                    _("No department has the code %(code)s."), code="department", params={"code": code}
                ) from error
        return list(dict.fromkeys(typed))

    def clean(self) -> dict[str, Any]:
        """Refuse an antenna without a parent, and a bank with one."""
        data: dict[str, Any] = super().clean() or {}
        is_antenna = data.get("kind") == BankKind.ANTENNA
        if is_antenna and not data.get("parent"):
            self.add_error("parent", _("An antenna belongs to a bank: choose it."))
        if not is_antenna and data.get("parent"):
            self.add_error("parent", _("Only an antenna has a parent bank."))
        return data

    @property
    def address(self) -> dict[str, Any]:
        """The optional fields of the register that were filled."""
        return {
            name: self.cleaned_data[name] for name in ADDRESS if self.cleaned_data[name] not in ("", None)
        }


class ReasonForm(forms.Form):
    """Why something is done, kept in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class SuspendForm(ReasonForm):
    """Why a bank is suspended."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Kept in the history; its people do not see it.")
    )


class NamedForm(forms.Form):
    """An act that cannot be done by a slip: the sub-domain of the bank is typed."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    confirmation = forms.CharField(label=_("Sub-domain of the bank"), max_length=40)

    def __init__(self, *args: Any, slug: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slug = slug
        self.fields["confirmation"].widget.attrs["autocomplete"] = "off"
        self.fields["confirmation"].help_text = _("Type “%(slug)s” to confirm.") % {"slug": slug}

    def clean_confirmation(self) -> str:
        """Refuse another name than the bank's."""
        typed = str(self.cleaned_data["confirmation"]).strip().lower()
        if typed != self._slug:
            raise forms.ValidationError(
                _("Type “%(slug)s” to confirm."), code="confirmation_differs", params={"slug": self._slug}
            )
        return typed


class RenameForm(forms.Form):
    """The new sub-domain of a bank."""

    slug = forms.CharField(
        label=_("New sub-domain"),
        max_length=40,
        help_text=_("First word of its address: small letters, digits and hyphens."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class DiscardForm(forms.Form):
    """Why a parked row is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
