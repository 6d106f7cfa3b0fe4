"""Pages of what banks tell one another: room, arrivals; and who gave what to whom."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import TemperatureClass
from apps.impact.forms import PeriodChoice
from apps.impact.views.staff import figures_csv
from apps.kernel import clock
from apps.kernel.abilities import Abilities, require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.forms import FilterForm
from apps.kernel.pages import Action, RecordList
from apps.kernel.tables import Column, Kind
from tenants.network.abilities import abilities
from tenants.network.flows import flow_report
from tenants.network.models import SharedResource
from tenants.network.surplus.forms import ResourceForm
from tenants.network.surplus.resources import resources_of_others, resources_set, resources_told


class ResourceFilter(FilterForm):
    """Resources by temperature class."""

    temperature_class = forms.ChoiceField(
        label=_("Temperature class"), choices=[("", _("All")), *TemperatureClass.choices]
    )


class ResourceList(RecordList[SharedResource]):
    """Free room and expected goods of the other banks."""

    model = SharedResource
    urls = "network_resource"
    abilities = staticmethod(abilities)
    filters = ResourceFilter
    search_fields = ("bank_label",)
    lead = _("Free room and goods expected in the next seven days. Only what they chose to tell is shown.")
    empty_text = _("No other bank tells of its room or of what it expects.")
    columns = (
        Column(label=_("Food bank"), value="bank_label", sort="bank_label"),
        Column(label=_("Temperature class"), value="get_temperature_class_display"),
        Column(label=_("Free room"), value="free_grams", kind=Kind.KG, sort="free_grams"),
        Column(label=_("Expected"), value="arriving_grams", kind=Kind.KG, sort="arriving_grams"),
        Column(label=_("Offers expected"), value="arriving_count", kind=Kind.NUMBER),
        Column(label=_("Told"), value="told_at", kind=Kind.MOMENT, sort="told_at"),
    )

    def records(self) -> Any:
        """Return what the others tell."""
        return resources_of_others()

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to choose what this bank tells."""
        if "share" not in allowed:
            return []
        return [Action(label=_("What we tell"), url=reverse("network_resource_share"), icon="pencil")]

    def row_url(self, record: SharedResource) -> str:
        """Return nothing: a line has no page of its own."""
        return ""


@writes
def resource_share(request: StaffRequest) -> HttpResponse:
    """Choose what the other banks are told of room and arrivals.

    Raises:
        Forbidden: this person neither manages the bank nor keeps its warehouse.
    """
    require(abilities(request.actor), "share")
    told = resources_told()
    initial: dict[str, Any] = {row.temperature_class: row.free_grams for row in told}
    initial["tells_arrivals"] = any(row.tells_arrivals for row in told)
    form = ResourceForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    address = reverse("network_resource_list")
    if request.method == "POST" and form.is_valid():
        tells = form.cleaned_data["tells_arrivals"]
        resources_set(request.actor, free=form.free(), tells_arrivals=tells)
        messages.success(request, str(_("The other banks are told.")))
        return HttpResponseRedirect(address)
    context = {
        "form": form,
        "title": _("What we tell of our room"),
        "lead": _("Free room in kg; leave empty what you do not tell. Donors never see it."),
        "submit": _("Save"),
        "back_url": address,
        "list_label": _("Resources of the food banks"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "records/form.html", context, status=status)


@reads
def flow_board(request: StaffRequest) -> HttpResponse:
    """Show what this bank gave and got, by month; ``?format=csv&show=…`` gives a part as a file.

    Raises:
        Forbidden: this person does not work in the bank.
    """
    require(abilities(request.actor), "view")
    choice = PeriodChoice(request.GET, clock.today())
    report = flow_report(choice.period)
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show") or "months", report)
    return render(request, "network/flows.html", {**report.context, "choice": choice})
