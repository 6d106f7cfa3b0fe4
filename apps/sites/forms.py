"""Forms of the sites."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.forms import FilterForm, OpKeyForm, field_for
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
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
        fields = ("code", "name", "zone", "purpose", "capacity_grams")
        help_texts: ClassVar = {
            "purpose": _("What is put in a quarantine location never leaves from there."),
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


class SiteFilter(FilterForm):
    """Filters of the list of sites."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *SiteKind.choices])
