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
from apps.offers.selectors import Goods, GoodsList
from apps.receiving import rules, services
from apps.receiving.abilities import abilities
from apps.receiving.errors import LimitTooLax
from apps.receiving.forms import ControlForms, FoundGoodsForm, LimitForm, ScanForm
from apps.receiving.models import GoodsReceipt
from apps.receiving.rules import Limit
from apps.receiving.selectors import photos_of, receipts_with_lines, temperature_limits
from apps.receiving.services import NewReceiptLine
from apps.receiving.states import ReceiptStatus
from apps.receiving.views.scanning import fill_line, line_of, read_scan, scan_form


@writes
def receipt_control(request: StaffRequest, pk: Any) -> HttpResponse:
    """Weigh and check the lines of a receipt, then put them in stock."""
    receipt = get_object_or_404(receipts_with_lines(), pk=pk)
    require(abilities(request.actor, receipt), "post")
    if receipt.status != ReceiptStatus.EXPECTED:
        return _to_receipt(receipt)
    if request.method != "POST":
        return _control_page(request, receipt, ControlForms(receipt))
    if not _photos_kept(request, receipt):
        return _control_page(request, receipt, ControlForms(receipt, request.POST, judged=False), status=422)
    for button, answer in {"add_goods": _goods_added, "read_code": _code_read}.items():
        if button in request.POST:
            return answer(request, receipt)
    return _posted(request, receipt)


def _posted(request: StaffRequest, receipt: GoodsReceipt) -> HttpResponse:
    """Put the goods in stock, or say what to correct, each thing at its field."""
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


def _photos_kept(request: StaffRequest, receipt: GoodsReceipt) -> bool:
    """Keep the photographs that came with the page, whatever else it asks: a browser forgets chosen files.

    Returns whether none was refused; a message says which and why.
    """
    kept = True
    for line in receipt.lines.all():
        for photo in request.FILES.getlist(f"line-{line.pk}-photo"):
            sent = {"content": photo.read(), "name": photo.name or ""}
            try:
                services.line_photograph(request.actor, receipt=receipt, line=line, **sent)
            except (Forbidden, Conflict):
                raise
            except DomainError as error:
                kept = False
                messages.error(request, f"{line.label}{_(': ')}{error.message}")
    return kept


def _goods_added(request: StaffRequest, receipt: GoodsReceipt) -> HttpResponse:
    """Add a line to the receipt and keep what is typed in the others, without judging it yet."""
    found = FoundGoodsForm(request.POST, prefix="found", listed=GoodsList())
    if found.is_valid():
        services.receipt_line_add(request.actor, receipt=receipt, line=found.line())
        receipt = get_object_or_404(receipts_with_lines(), pk=receipt.pk)
    return _control_page(request, receipt, ControlForms(receipt, request.POST, judged=False))


def _code_read(request: StaffRequest, receipt: GoodsReceipt) -> HttpResponse:
    """Write what a code says into its line, a new one for other goods or another lot; keep the rest."""
    lines, data, listed = list(receipt.lines.all()), request.POST.copy(), GoodsList()
    scan = scan_form(request, sent=True, listed=listed)
    alone = Goods(lines[0].product, lines[0].family) if len(lines) == 1 else None
    reading = read_scan(scan, request.actor, alone=alone)
    if reading is None or reading.goods is None:
        return _control_page(
            request, receipt, ControlForms(receipt, data, judged=False), scan=scan, status=422
        )
    line = line_of(lines, data, reading)
    if line is None:
        found = NewReceiptLine(product=reading.goods.product, family=reading.goods.family)
        line = services.receipt_line_add(request.actor, receipt=receipt, line=found)
        receipt = get_object_or_404(receipts_with_lines(), pk=receipt.pk)
    fill_line(data, line, reading)
    messages.success(request, _("%(goods)s: read from the code.") % {"goods": line.label})
    return _control_page(request, receipt, ControlForms(receipt, data, judged=False))


def _control_page(
    request: StaffRequest,
    receipt: GoodsReceipt,
    forms: ControlForms,
    *,
    scan: ScanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    listed = GoodsList()
    found = FoundGoodsForm(prefix="found", listed=listed)
    scan = scan or scan_form(request, listed=listed)
    photos = photos_of(receipt)
    for form in forms.lines:
        form.photos = photos.get(form.line.pk, [])
    shown = {"receipt": receipt, "forms": forms, "found": found, "scan": scan}
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
