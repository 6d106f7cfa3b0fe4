"""Forms of the sites."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.forms import FilterForm, OpKeyForm, field_for
from apps.kernel.models import new_id
from apps.sites.models import Letterhead, Location, OpeningSlot, Site, Vehicle
from apps.sites.states import SiteKind

ADDRESS_FIELDS = ("address", "postcode", "city", "department", "latitude", "longitude")
ADDRESS_HINTS = {
    "department": _("Code of the department: 21, 2A, 974."),
    "latitude": _("In degrees, for example 47.32. Distances of rounds are computed from it."),
    "longitude": _("In degrees, for example 5.04."),
}


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a site that may change; its code may not."""

    class Meta:
        model = Site
        fields: tuple[str, ...] = ("name", "kind", *ADDRESS_FIELDS, "phone")
        help_texts: ClassVar = {"code": _("Short and lasting: it is printed on papers."), **ADDRESS_HINTS}
        formfield_callback = field_for


class NewSiteForm(OpKeyForm, SiteForm):
    """A site to open."""

    class Meta(SiteForm.Meta):
        fields = ("code", *SiteForm.Meta.fields)


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a storage location."""

    class Meta:
        model = Location
        fields = ("code", "name", "zone", "purpose", "programme", "capacity_grams")
        help_texts: ClassVar = {
            "purpose": _("What is put in a quarantine location never leaves from there."),
            "programme": _("Its goods are stored here, and no others. Empty for everything else."),
            "capacity_grams": _("0 when it is not limited."),
        }
        formfield_callback = field_for


class NewLocationForm(OpKeyForm, LocationForm):
    """A storage location to add to a site."""


class VehicleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a vehicle."""

    class Meta:
        model = Vehicle
        fields = ("name", "plate", "capacity_grams", "is_refrigerated")
        formfield_callback = field_for


class NewVehicleForm(OpKeyForm, VehicleForm):
    """A vehicle to add to a site."""


class OpeningSlotForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of an opening slot."""

    class Meta:
        model = OpeningSlot
        fields = ("purpose", "weekday", "opens_at", "closes_at")
        formfield_callback = field_for


class NewOpeningSlotForm(OpKeyForm, OpeningSlotForm):
    """An opening slot to add to a site."""


class LetterheadForm(OpKeyForm, forms.ModelForm):  # type: ignore[type-arg]
    """How papers look; in an antenna, who the bank is before the law is not asked."""

    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG or JPEG. It is kept as a small picture.")
    )
    remove_logo = forms.BooleanField(label=_("Take the logo off"), required=False)

    class Meta:
        model = Letterhead
        fields = (
            *Letterhead.LEGAL,
            "phone",
            "email",
            "opening",
            "footer",
            "colour",
            "accent",
            "gs1_prefix",
            "labels_name_donor",
        )
        help_texts: ClassVar = {
            "opening": _("For example what the bank does, in a few words."),
            "footer": _("For example its recognition or its approval."),
            "gs1_prefix": _("Seven to ten digits that GS1 gave to this very warehouse."),
            "labels_name_donor": _("Charities see these labels too. The lot keeps its donor in any case."),
        }
        widgets: ClassVar = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "accent": forms.TextInput(attrs={"type": "color"}),
        }
        formfield_callback = field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if self.instance.issued_for:
            for name in Letterhead.LEGAL:
                del self.fields[name]

    def clean_op_key(self) -> UUID:
        """Return the key of the page; the letterhead itself keeps its own."""
        key: UUID = self.cleaned_data["op_key"] or new_id()
        return key


class SiteFilter(FilterForm):
    """Filters of the list of sites."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *SiteKind.choices])
