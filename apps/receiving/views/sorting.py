"""Sorting of a national collection: kilograms per family into stock, waste with its reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, writes
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.offers.forms import place_refusal, typed
from apps.receiving import services
from apps.receiving.abilities import collecting_abilities
from apps.receiving.errors import ControlFailed
from apps.receiving.forms import SortedForms, SortingForm
from apps.receiving.models import NationalCollection
from apps.receiving.selectors import collections_listed, progress_of


@writes
def collection_sort(request: StaffRequest, pk: Any) -> HttpResponse:
    """Put what was sorted of a collection into stock, then offer the labels of its pallets."""
    collection = get_object_or_404(collections_listed().filter(archived_at__isnull=True), pk=pk)
    require(collecting_abilities(request.actor, collection), "sort")
    if request.method != "POST":
        return _shown(request, collection, SortingForm(label_suffix=""), SortedForms(collection.site))
    lines = SortedForms(collection.site, request.POST)
    if "add_line" in request.POST:
        lines.add_blank(request.POST)
        return _shown(request, collection, SortingForm(initial=typed(request.POST), label_suffix=""), lines)
    form = SortingForm(request.POST, label_suffix="")
    if all([form.is_valid(), lines.is_valid()]):
        try:
            receipt = services.collection_sort(
                request.actor,
                collection=collection,
                lines=[line.line() for line in lines.filled()],
                **form.cleaned_data,
            )
        except Forbidden:
            raise
        except (DomainError, ValidationError) as error:
            _refuse(form, lines, error)
        else:
            said = _("Receipt %(receipt)s is in stock. Print its labels now.") % {"receipt": receipt}
            messages.success(request, said)
            return HttpResponseRedirect(reverse("receiving_receipt_detail", args=[receipt.pk]))
    return _shown(request, collection, form, lines, status=422)


def _refuse(form: SortingForm, lines: SortedForms, error: DomainError | ValidationError) -> None:
    """Show every refusal at the field of its line, else above the form."""
    at_hand = {f"line-{line.line_id}": line for line in lines}
    for refusal in error.refusals if isinstance(error, ControlFailed) else [error]:
        if isinstance(refusal, ValidationError) or not place_refusal(at_hand, refusal):
            add_refusal(form, refusal)


def _shown(
    request: StaffRequest,
    collection: NationalCollection,
    form: SortingForm,
    lines: SortedForms,
    *,
    status: int = 200,
) -> HttpResponse:
    shown = {
        "collection": collection,
        "figures": {"progress": progress_of(collection)},
        "form": form,
        "lines": lines,
        "failed": [each for each in (form, *lines) if each.errors],
    }
    return render(request, "receiving/sort.html", shown, status=status)
