"""Pallets and their labels: asked for on the sheet of a lot or of a receipt, printed again on their own."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from apps.kernel.pages.pdf import pdf_response
from apps.kernel.templatetags.collecto import both
from apps.receiving.models import GoodsReceipt
from apps.receiving.states import ReceiptStatus
from apps.stock.abilities import abilities
from apps.stock.forms import LotLabelForm, PalletMoveForm, PaperForm, ReceiptLabelForm
from apps.stock.models import Lot, Pallet
from apps.stock.papers import file_name, labels_pdf
from apps.stock.selectors import balances_of, label_weights, lots_of_receipt, pallets_listed
from apps.stock.services import LABELS_MOST, labels_print, pallet_move
from apps.stock.states import LabelPaper
from apps.stock.views.shown import lot_date, lot_state, place_links
from apps.stock.views.staff import PLACE_COLUMNS, LotPage

WITH: Final = "with"
"""Names, in the address of a PDF, the pallets whose labels follow that of the first."""


def pdf_address(pallets: Sequence[Pallet], paper: str) -> str:
    """Return the address of the labels of some pallets."""
    asked = {"paper": paper, WITH: [str(pallet.pk) for pallet in pallets[1:]]}
    return f"{reverse('stock_pallet_pdf', args=[pallets[0].pk])}?{urlencode(asked, doseq=True)}"


class LabelAct:
    """What the forms that print labels share: once the act is written, they lead to the PDF."""

    verb = "label"
    submit: Text = _("Print")
    success: Text = _("%(record)s: the labels are ready to print.")
    printed: Sequence[Pallet] = ()
    paper: str = LabelPaper.A4

    def success_url(self, record: Any) -> str:
        """Return the address of the PDF."""
        return pdf_address(self.printed, self.paper)


class LotLabel(LabelAct, LotPage, RecordAct[Lot]):
    """Numbers the pallets of a lot and prints their labels."""

    title = _("Print labels")
    lead = _("Each label gets a number that stays with its pallet for ever.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with what of the lot no label speaks of yet."""
        weight = label_weights([self.record.pk])[self.record.pk]
        return LotLabelForm(data, weight=weight, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Lot:
        """Number the pallets."""
        assert isinstance(form, LotLabelForm)  # noqa: S101 - the form made above
        self.paper = form.cleaned_data["paper"]
        self.printed = labels_print(
            self.request.actor, op_key=form.cleaned_data["op_key"], new=[form.wanted(self.record)]
        )
        return self.record


class ReceiptLabel(LabelAct, RecordAct[GoodsReceipt]):
    """Numbers the pallets of all lots of a receipt in one go, and prints their labels."""

    model = GoodsReceipt
    urls = "receiving_receipt"
    title = _("Print the labels of a receipt")
    lead = _("Say how many pallets each lot fills. Their weight is shared out evenly.")

    def abilities(self, actor: Any, receipt: GoodsReceipt | None = None) -> Abilities:
        """Return what this person may do with the stock that the receipt became."""
        return abilities(actor)

    def records(self) -> QuerySet[GoodsReceipt]:
        """Return the receipts whose goods are in stock."""
        return GoodsReceipt.objects.filter(status=ReceiptStatus.POSTED)

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with a number of pallets per lot."""
        lots = lots_of_receipt(self.record)
        weights = label_weights([lot.pk for lot in lots])
        return ReceiptLabelForm(data, lots=lots, weights=weights, label_suffix="")

    def perform(self, form: forms.BaseForm) -> GoodsReceipt:
        """Number the pallets, and count those that are printed again."""
        assert isinstance(form, ReceiptLabelForm)  # noqa: S101 - the form made above
        self.paper = form.cleaned_data["paper"]
        self.printed = labels_print(
            self.request.actor,
            op_key=form.cleaned_data["op_key"],
            new=form.wanted(),
            again=form.again(),
        )
        return self.record


class PalletPage:
    """What the pages of a pallet share."""

    model = Pallet
    urls = "stock_pallet"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Pallet]:
        """Return the pallets with their lot."""
        return pallets_listed()


class PalletList(PalletPage, RecordList[Pallet]):
    """The pallets that have a label."""

    columns = (
        Column(
            label=_("Goods"),
            value="lot.label",
            sort="lot__label",
            note=Column(label=_("Number"), value="number", sort="number"),
        ),
        Column(label=_("Lot"), value="lot.number", sort="lot__number"),
        Column(label=_("Net weight"), value="grams", kind=Kind.KG, sort="grams"),
        Column(label=_("Units"), value="unit_count", kind=Kind.NUMBER, sort="unit_count"),
        Column(label=_("Labelled"), value="created_at", kind=Kind.MOMENT, sort="created_at"),
    )
    search_fields = ("number", "lot__number", "lot__label")
    ordering = ("-created_at", "-number")
    lead = _("Every pallet that was given a number and a label.")
    empty_text = _("No pallet yet. Print the labels of a lot or of a receipt.")


class PalletDetail(PalletPage, RecordDetail[Pallet]):
    """A pallet: what it holds, and where its lot is; what the code on its label leads to."""

    fields = (
        Column(label=_("Goods"), value="lot.label"),
        Column(label=_("Lot"), value="lot.number"),
        Column(label=_("Date"), value=lambda pallet: lot_date(pallet.lot)),
        Column(label=_("Temperature class"), value="lot.get_temperature_class_display"),
        Column(label=_("Net weight on the label"), value=lambda pallet: both(pallet.grams, pallet.lot)),
        Column(label=_("Units"), value="unit_count", kind=Kind.NUMBER),
        Column(label=_("Location"), value="location"),
        Column(label=_("Number"), value="number"),
        Column(label=_("SSCC"), value="is_sscc", kind=Kind.YES_NO),
        Column(label=_("Labelled"), value="created_at", kind=Kind.MOMENT),
        Column(label=_("Labels printed"), value="print_count", kind=Kind.NUMBER),
    )

    def state(self, record: Any) -> Chip:
        """Return whether its lot, read with its newest inspection, may leave."""
        return lot_state(record.lot, record.inspected_until)

    def actions(self, record: Pallet, allowed: Abilities) -> list[Action]:
        """Return the way to the lot, and to another print of the label."""
        lot = reverse("stock_lot_detail", args=[record.lot_id])
        buttons = [Action(label=_("Open the lot"), url=lot, icon="boxes", primary=True)]
        if "move" in allowed:
            url = self.url("move", record)
            buttons.insert(0, Action(label=_("Move"), url=url, icon="arrow-left-right"))
        if "label" in allowed:
            url = self.url("print", record)
            buttons.insert(0, Action(label=_("Print the label again"), url=url, icon="printer"))
        return buttons

    def panels(self, record: Pallet) -> list[Panel]:
        """Return where the lot is, with what can be done there."""
        acts = Column(label=_("Act"), value=lambda held: place_links(held, self.allowed))
        return [
            table_panel(
                _("Where its lot is"),
                columns=[*PLACE_COLUMNS, acts],
                records=balances_of(record.lot),
                empty=_("Nothing is left of it."),
            )
        ]


class PalletMove(PalletPage, RecordAct[Pallet]):
    """Moves a pallet: its label was scanned, now that of the location is."""

    verb = "move"
    title = _("Move the pallet")
    submit = _("Move")
    success = _("Pallet %(record)s: moved.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with where it is and where it is best put."""
        known = {**self.request.GET.dict()}
        if self.record.location_id:
            known.setdefault("location", str(self.record.location_id))
        return PalletMoveForm(data, pallet=self.record, initial=known, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Pallet:
        """Move what it holds, and note where it is."""
        pallet_move(self.request.actor, pallet=self.record, **form.cleaned_data)
        return self.record


class PalletPrint(LabelAct, PalletPage, RecordAct[Pallet]):
    """Prints the label of a pallet again, under the number it has."""

    title = _("Print the label again")
    lead = _("The number stays the same. The history tells who printed it.")
    form_class = PaperForm

    def perform(self, form: forms.BaseForm) -> Pallet:
        """Count one more print."""
        assert isinstance(form, PaperForm)  # noqa: S101 - the form named above
        self.paper = form.cleaned_data["paper"]
        self.printed = labels_print(
            self.request.actor, op_key=form.cleaned_data["op_key"], again=[self.record]
        )
        return self.record


class PalletPaper(PalletPage, RecordPage[Pallet]):
    """The labels as PDF: of a pallet, and of those that the address names besides."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show and print.

        Raises:
            Http404: a pallet that this bank does not have, or more than one paper holds.
        """
        pallets = [self.record, *self.others()]
        paper = request.GET.get("paper", LabelPaper.A4)
        if paper not in LabelPaper.values:
            raise Http404
        content = labels_pdf(pallets, paper=LabelPaper(paper), base=request.build_absolute_uri("/"))
        return pdf_response(content, name=file_name(pallets))

    def others(self) -> list[Pallet]:
        """Return the other pallets that the address names, in its order."""
        named = self.request.GET.getlist(WITH)
        try:
            keys = [UUID(each) for each in named[:LABELS_MOST]]
        except ValueError:
            raise Http404 from None
        found = {pallet.pk: pallet for pallet in self.records().filter(pk__in=keys)}
        if len(named) >= LABELS_MOST or not set(keys) <= found.keys():
            raise Http404
        return [found[key] for key in keys]
