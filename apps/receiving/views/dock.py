"""The control at the dock, and the limits it is held against."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalogue.states import TemperatureClass
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.offers.selectors import GoodsList
from apps.receiving import rules, services
from apps.receiving.abilities import abilities
from apps.receiving.errors import LimitTooLax
from apps.receiving.forms import ControlForms, FoundGoodsForm, LimitForm
from apps.receiving.models import GoodsReceipt
from apps.receiving.rules import Limit
from apps.receiving.selectors import receipts_with_lines, temperature_limits
from apps.receiving.states import ReceiptStatus


@writes
def receipt_control(request: StaffRequest, pk: Any) -> HttpResponse:
    """Weigh and check the lines of a receipt, then put them in stock."""
    receipt = get_object_or_404(receipts_with_lines(), pk=pk)
    require(abilities(request.actor, receipt), "post")
    if receipt.status != ReceiptStatus.EXPECTED:
        return _to_receipt(receipt)
    if request.method != "POST":
        return _control_page(request, receipt, ControlForms(receipt))
    if "add_goods" in request.POST:
        return _goods_added(request, receipt)
    forms = ControlForms(receipt, request.POST)
    if forms.is_valid():
        try:
            posted = services.receipt_post(
                request.actor, receipt=receipt, checks=forms.checks(), **forms.note.cleaned_data
            )
        except (Forbidden, Conflict):
            raise
        except DomainError as error:
            forms.refuse(error)
        else:
            messages.success(request, _("Receipt %(receipt)s is in stock.") % {"receipt": posted})
            return _to_receipt(posted)
    return _control_page(request, receipt, forms, status=422)


def _goods_added(request: StaffRequest, receipt: GoodsReceipt) -> HttpResponse:
    """Add a line to the receipt and keep what is typed in the others, without judging it yet."""
    found = FoundGoodsForm(request.POST, prefix="found", listed=GoodsList())
    if found.is_valid():
        services.receipt_line_add(request.actor, receipt=receipt, line=found.line())
        receipt = get_object_or_404(receipts_with_lines(), pk=receipt.pk)
    return _control_page(request, receipt, ControlForms(receipt, request.POST, judged=False))


def _control_page(
    request: StaffRequest, receipt: GoodsReceipt, forms: ControlForms, *, status: int = 200
) -> HttpResponse:
    found = FoundGoodsForm(prefix="found", listed=GoodsList())
    shown = {"receipt": receipt, "forms": forms, "found": found}
    return render(request, "receiving/control.html", shown, status=status)


def _to_receipt(receipt: GoodsReceipt) -> HttpResponse:
    return HttpResponseRedirect(reverse("receiving_receipt_detail", kwargs={"pk": receipt.pk}))


@dataclass(frozen=True, slots=True)
class LimitShown:
    """A temperature class with its limit here, and whether the bank set it."""

    temperature_class: str
    label: str
    limit: Limit
    is_own: bool


@reads
def limits(request: StaffRequest) -> HttpResponse:
    """Show the temperature limits of the bank."""
    require(abilities(request.actor), "set_limits")
    labels = dict(TemperatureClass.choices)
    shown = [
        LimitShown(code, str(labels[code]), limit, rules.USUAL_LIMITS.get(code) != limit)
        for code, limit in temperature_limits().items()
    ]
    return render(request, "receiving/limits.html", {"limits": shown})


@writes
def limit_edit(request: StaffRequest, code: str) -> HttpResponse:
    """Set the bank's limit for one temperature class."""
    require(abilities(request.actor), "set_limits")
    current = temperature_limits().get(code)
    if current is None:
        raise Http404
    initial = {"max_c": current.max_c, "tolerance_c": current.tolerance_c}
    form = LimitForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.limit_set(request.actor, temperature_class=code, **form.cleaned_data)
        except LimitTooLax as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The limit is changed for the receipts to come."))
            return HttpResponseRedirect(reverse("receiving_limit_list"))
    shown = {
        "form": form,
        "title": str(dict(TemperatureClass.choices)[code]),
        "lead": _("A bank may be stricter than the law, never laxer."),
        "submit": _("Save"),
        "back_url": reverse("receiving_limit_list"),
        "list_label": _("Temperature limits"),
    }
    return render(request, "records/form.html", shown, status=422 if form.errors else 200)
