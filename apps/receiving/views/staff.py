"""Pages of receiving: the list, a receipt and its note, an arrival at the door, cancelling."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.abilities import Abilities, require
from apps.kernel.display import Chip, Tone, moment
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import KgField, add_refusal
from apps.kernel.models import StoredFile
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordDetail,
    RecordList,
    RecordPage,
)
from apps.kernel.pages.pdf import pdf_response
from apps.kernel.quantity import format_kg
from apps.offers.forms import LineForms, typed
from apps.receiving import services
from apps.receiving.abilities import abilities
from apps.receiving.forms import ArrivalForm, ArrivalLineForm, CancelForm, PhotoForm, ReceiptFilter, ScanForm
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.papers import file_name, receipt_pdf
from apps.receiving.selectors import (
    counts_by_status,
    parties_of,
    photos_of,
    receipts_listed,
    receipts_with_lines,
)
from apps.receiving.states import ReceiptStatus, Verdict
from apps.receiving.views.scanning import goods_key, read_scan, scan_form

TONES = {ReceiptStatus.EXPECTED: Tone.WARN, ReceiptStatus.POSTED: Tone.OK}
VERDICT_TONES = {
    Verdict.ACCEPT: Tone.OK,
    Verdict.ACCEPT_WITH_RESERVE: Tone.WARN,
    Verdict.REFUSE: Tone.DANGER,
}


def status_chip(receipt: GoodsReceipt) -> Chip:
    """Return the state of a receipt as a chip."""
    return Chip(receipt.get_status_display(), TONES.get(ReceiptStatus(receipt.status), Tone.NEUTRAL))


def checked_lines(
    receipt: GoodsReceipt, photos: Mapping[UUID, list[StoredFile]] | None = None
) -> list[dict[str, Any]]:
    """Return the lines of a receipt, each with its verdict as a chip and its photographs."""
    shown = photos or {}
    return [
        {"line": line, "verdict": verdict_chip(line), "photos": shown.get(line.pk, [])}
        for line in receipt.lines.all()
    ]


def verdict_chip(line: ReceiptLine) -> Chip | None:
    """Return the verdict of a line as a chip, nothing before the control."""
    if not line.verdict:
        return None
    return Chip(line.get_verdict_display(), VERDICT_TONES[Verdict(line.verdict)])


NUMBER = Column(label=_("Receipt"), value="number", sort="number")
SITE = Column(label=_("Site"), value="site.name", sort="site__name")


class ReceiptPage:
    """What the pages of a receipt share."""

    model = GoodsReceipt
    urls = "receiving_receipt"
    abilities = staticmethod(abilities)
    record_name = "receipt"

    def records(self) -> QuerySet[GoodsReceipt]:
        """Return receipts with donor, site and weights."""
        return receipts_listed()


class ReceiptList(ReceiptPage, RecordList[GoodsReceipt]):
    """The receipts, a tab per state."""

    template_name = "receiving/receipt_list.html"
    columns = (
        Column(label=_("Donor"), value="donor.name", sort="donor__name", note=NUMBER),
        Column(label=_("State"), value=status_chip, sort="status"),
        Column(
            label=pgettext_lazy("weight", "Expected"),
            value="expected_grams",
            kind=Kind.KG,
            sort="expected_grams",
        ),
        Column(
            label=pgettext_lazy("weight", "Accepted"),
            value="accepted_grams",
            kind=Kind.KG,
            sort="accepted_grams",
        ),
        Column(
            label=pgettext_lazy("weight", "Refused"),
            value="refused_grams",
            kind=Kind.KG,
            sort="refused_grams",
        ),
        Column(label=_("Opened"), value="created_at", kind=Kind.MOMENT, sort="created_at", note=SITE),
    )
    search_fields = ("number", "donor__name", "lines__label", "lines__supplier_lot")
    filters = ReceiptFilter
    create_label = _("Goods at the door")
    lead = _("What rounds bring back and what comes to the door: weigh, check, put away.")
    empty_text = _("Nothing expected. Rounds bring their receipts here.")
    acts_in_rows = True

    def row_name(self, record: GoodsReceipt) -> str:
        """Return the number, or what there is to know before there is one."""
        expected = format_kg(record.expected_grams)  # type: ignore[attr-defined]
        return record.number or f"{record.donor}, {expected}, {moment(record.created_at)}"

    def row_actions(self, record: GoodsReceipt) -> list[Action]:
        """Return the control, while the goods wait for it."""
        if record.status != ReceiptStatus.EXPECTED or "post" not in self.allowed:
            return []
        return [Action(label=_("Weigh and check"), url=self.url("control", record), primary=True)]

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the list with a tab per state."""
        return super().page(status=status, template=template, tabs=self.tabs(), **context)

    def tabs(self) -> list[dict[str, Any]]:
        """Return the states with how many receipts each holds."""
        counts, shown = counts_by_status(), self.request.GET.get("status", "")
        states = [("", _("All"), sum(counts.values()))]
        states += [(value, label, counts.get(value, 0)) for value, label in ReceiptStatus.choices]
        return [
            {"value": value, "label": label, "count": count, "current": value == shown}
            for value, label, count in states
        ]


class ReceiptDetail(ReceiptPage, RecordDetail[GoodsReceipt]):
    """A receipt: its lines, verdicts, and the lots made of them."""

    known = (
        Column(label=_("Donor"), value="donor.name"),
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Supply source"), value="get_supply_source_display"),
        Column(label=_("Campaign"), value="campaign"),
        Column(label=_("Round"), value="stop.round"),
        Column(label=_("Offer"), value="stop.offer"),
        Column(label=_("Picked up"), value="stop.done_at", kind=Kind.MOMENT),
        Column(label=_("Received on"), value="received_on", kind=Kind.DAY),
        Column(label=_("Received by"), value="received_by"),
        Column(label=_("Comment"), value="comment"),
    )

    def records(self) -> QuerySet[GoodsReceipt]:
        """Return receipts with their lines."""
        return receipts_with_lines()

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show what is known of the receipt: on a telephone, empty fields would push the goods away."""
        self.fields = [column for column in self.known if column.read(self.record)]
        return super().get(request, pk)

    def state(self, record: GoodsReceipt) -> Chip:
        """Return where the receipt stands."""
        return status_chip(record)

    def panels(self, record: GoodsReceipt) -> list[Panel]:
        """Return the lines."""
        shown = {
            "receipt": record,
            "lines": checked_lines(record, self.photos),
            "may_label": "post" in self.allowed,
        }
        return [Panel(title=_("Goods"), template="receiving/receipt_lines.html", context=shown)]

    @cached_property
    def photos(self) -> dict[UUID, list[StoredFile]]:
        """The photographs of the goods, by line."""
        return photos_of(self.record)

    def told_with(self, record: GoodsReceipt) -> list[StoredFile]:
        """Return the photographs: the history of the receipt tells when each was taken."""
        return [photo for photos in self.photos.values() for photo in photos]

    def actions(self, record: GoodsReceipt, allowed: Abilities) -> list[Action]:
        """Return what can be done in the state of the receipt."""
        if record.status == ReceiptStatus.POSTED:
            return self.papers(record, allowed)
        buttons: list[Action] = []
        if record.status == ReceiptStatus.EXPECTED and "cancel" in allowed:
            buttons.append(Action(label=_("Cancel the receipt"), url=self.url("cancel", record), icon="x"))
        if record.status == ReceiptStatus.EXPECTED and "post" in allowed:
            url = self.url("control", record)
            buttons.append(Action(label=_("Weigh and check"), url=url, icon="scale", primary=True))
        return buttons

    def papers(self, record: GoodsReceipt, allowed: Abilities) -> list[Action]:
        """Return what can be printed of goods in stock: their note, and the labels of their pallets."""
        buttons = [
            Action(label=_("Receipt note"), url=self.url("note", record), icon="package-check"),
            Action(label=_("Note (PDF)"), url=self.url("pdf", record), icon="file-text"),
        ]
        if "post" in allowed:
            buttons.append(Action(label=_("Add a photograph"), url=self.url("photo", record), icon="camera"))
        if "post" in allowed and any(hasattr(line, "lot") for line in record.lines.all()):
            url = reverse("stock_receipt_label", args=[record.pk])
            buttons.append(Action(label=_("Print labels"), url=url, icon="printer", primary=True))
        return buttons


class ReceiptCreate(ReceiptPage, RecordPage[GoodsReceipt]):
    """Opens the receipt of goods that come to the door, then leads to their control."""

    writing = True
    verb = "create"
    template_name = "receiving/arrival_form.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the form; ``?donor=`` chooses the donor."""
        form = ArrivalForm(initial=request.GET.dict(), label_suffix="")
        return self.shown(form, LineForms(ArrivalLineForm))

    def post(self, request: StaffRequest) -> HttpResponse:
        """Open the receipt, or add a line and keep what is typed."""
        lines = LineForms(ArrivalLineForm, request.POST)
        if "add_line" in request.POST:
            lines.add_blank(request.POST)
            return self.shown(ArrivalForm(initial=typed(request.POST), label_suffix=""), lines)
        if "read_code" in request.POST:
            return self.code_read(request, lines)
        form = ArrivalForm(request.POST, label_suffix="")
        if all([form.is_valid(), lines.is_valid()]):
            try:
                receipt = self.started(form, lines)
            except Forbidden:
                raise
            except (DomainError, ValidationError) as error:
                add_refusal(form, error)
            else:
                return HttpResponseRedirect(self.url("control", receipt))
        return self.shown(form, lines, status=422)

    def code_read(self, request: StaffRequest, lines: LineForms[ArrivalLineForm]) -> HttpResponse:
        """Write the goods and the weight that a code says into a line, and keep what is typed."""
        data, scan = request.POST.copy(), scan_form(request, sent=True)
        reading = read_scan(scan, request.actor)
        form = ArrivalForm(initial=typed(request.POST), label_suffix="")
        if reading is None or reading.goods is None:
            lines.again(data)
            return self.shown(form, lines, scan=scan, status=422)
        key = goods_key(reading.goods)
        written = [data.get(f"line-{n}-goods", "") for n in range(lines.count)]
        place = next((n for n, goods in enumerate(written) if goods in ("", key)), lines.count)
        data[f"line-{place}-goods"] = key
        if reading.grams:
            data[f"line-{place}-expected_grams"] = str(KgField().prepare_value(reading.grams))
        if place == lines.count:
            lines.add_blank(data)
        else:
            lines.again(data)
        return self.shown(form, lines)

    def started(self, form: ArrivalForm, lines: LineForms[ArrivalLineForm]) -> GoodsReceipt:
        """Call the service with what is typed."""
        values = dict(form.cleaned_data)
        values["supply_source"] = values["supply_source"] or values["donor"].supply_source
        goods = [line.line() for line in lines.filled()]
        return services.receipt_start(self.request.actor, lines=goods, **values)

    def shown(
        self,
        form: ArrivalForm,
        lines: LineForms[ArrivalLineForm],
        *,
        scan: ScanForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show the form and its lines."""
        context: dict[str, Any] = {
            "form": form,
            "lines": lines,
            "failed": [each for each in (form, *lines) if each.errors],
            "scan": scan or scan_form(self.request),
        }
        return self.page(status=status, title=_("Goods at the door"), **context)


class ReceiptCancel(ReceiptPage, RecordAct[GoodsReceipt]):
    """Closes a receipt of goods that never came."""

    verb = "cancel"
    title = _("Cancel the receipt")
    lead = _("Nothing of it enters the stock. It stays in the list, with the reason.")
    submit = _("Cancel the receipt")
    is_grave = True
    form_class = CancelForm
    service = staticmethod(services.receipt_cancel)
    success = _("The receipt is cancelled.")


class ReceiptPhoto(ReceiptPage, RecordAct[GoodsReceipt]):
    """Keeps a photograph of goods: torn boxes, a label, a probe."""

    verb = "post"
    title = _("Add a photograph")
    lead = _("It is kept small, without the place and the hour that the telephone writes into it.")
    submit = _("Keep it")
    success = _("%(record)s: the photograph is kept.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the goods of this receipt."""
        return PhotoForm(data, files, receipt=self.record, initial=self.initial(), label_suffix="")

    def perform(self, form: forms.BaseForm) -> GoodsReceipt:
        """Keep the photograph."""
        assert isinstance(form, PhotoForm)  # noqa: S101 - the form made above
        line, photo = form.cleaned_data["line"], form.cleaned_data["photo"]
        actor, content = self.request.actor, photo.read()
        services.line_photograph(actor, receipt=self.record, line=line, content=content, name=photo.name)
        return self.record


class ReceiptPaper(ReceiptPage, RecordPage[GoodsReceipt]):
    """The receipt note as a PDF: what is signed, handed out and kept."""

    def records(self) -> QuerySet[GoodsReceipt]:
        """Return the posted receipts with all that stands on paper."""
        return receipts_with_lines().filter(status=ReceiptStatus.POSTED)

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show."""
        content = receipt_pdf(self.record, base=request.build_absolute_uri("/"))
        return pdf_response(content, name=file_name(self.record))


@reads
def receipt_note(request: StaffRequest, pk: Any) -> HttpResponse:
    """Show the receipt note, to print and to sign; kept five years (guide of good hygiene practice)."""
    receipt = get_object_or_404(receipts_with_lines().filter(status=ReceiptStatus.POSTED), pk=pk)
    require(abilities(request.actor, receipt), "view")
    shown = {"receipt": receipt, "lines": checked_lines(receipt), "parties": parties_of(receipt)}
    return render(request, "receiving/receipt_note.html", shown)
