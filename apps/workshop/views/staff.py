"""Pages of the workshop: the batches, one batch on a telephone, what is taken, what comes out, freezing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.kernel import display
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.errors import Text
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordCreate,
    RecordDetail,
    RecordList,
    table_panel,
)
from apps.stock.models import Lot
from apps.workshop import services
from apps.workshop.abilities import abilities
from apps.workshop.forms import BatchFilter, BatchForm, CloseForm, FreezeForm, GiveBackForm, TakeForm
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.rules import yield_percent
from apps.workshop.selectors import batches_listed, counts_by_status, lines_of, standing
from apps.workshop.states import BatchStatus, LineRole

TONES = {BatchStatus.OPEN: Tone.WARN, BatchStatus.CLOSED: Tone.OK}
NUMBER = Column(label=_("Batch"), value="number", sort="number")
SITE = Column(label=_("Site"), value="site.name", sort="site__name")


def batch_state(batch: ProductionBatch) -> Chip:
    """Return where a batch stands."""
    return Chip(batch.get_status_display(), TONES.get(BatchStatus(batch.status), Tone.NEUTRAL))


def batch_yield(batch: ProductionBatch) -> Text:
    """Return how much of what was taken became goods."""
    found: Any = batch
    part = yield_percent(found.taken_grams, found.made_grams)
    is_over = batch.status == BatchStatus.CLOSED
    return display.percent(part / 100) if is_over and part is not None else display.NOTHING


def line_place(line: BatchLine) -> str:
    """Return where goods were taken from, or put."""
    movement = line.movement
    place = movement.source.location or movement.destination.location
    return place.code if place else display.NOTHING


class BatchPage:
    """What the pages of a batch share."""

    model = ProductionBatch
    urls = "workshop_batch"
    abilities = staticmethod(abilities)
    record_name = "batch"

    def records(self) -> QuerySet[ProductionBatch]:
        """Return the batches with their weights."""
        return batches_listed()


class BatchList(BatchPage, RecordList[ProductionBatch]):
    """The batches, a tab per state."""

    template_name = "workshop/batch_list.html"
    columns = (
        Column(label=_("What is made"), value="label", sort="label", note=NUMBER),
        Column(label=_("State"), value=batch_state, sort="status"),
        Column(label=_("Taken"), value="taken_grams", kind=Kind.KG, sort="taken_grams"),
        Column(label=_("Made"), value="made_grams", kind=Kind.KG, sort="made_grams"),
        Column(label=_("Yield"), value=batch_yield),
        Column(label=_("Started on"), value="started_on", kind=Kind.DAY, sort="started_on", note=SITE),
    )
    search_fields = ("number", "label", "family__name", "recipe")
    filters = BatchFilter
    create_label = _("Open a batch")
    lead = _("What the workshop cooks or freezes: what it takes, what it makes, what is lost.")
    empty_text = _("No batch yet.")

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the list with a tab per state."""
        return super().page(status=status, template=template, tabs=self.tabs(), **context)

    def tabs(self) -> list[dict[str, Any]]:
        """Return the states with how many batches each holds."""
        counts, shown = counts_by_status(), self.request.GET.get("status", "")
        states: list[tuple[str, Text, int]] = [("", _("All"), sum(counts.values()))]
        states += [(value, label, counts.get(value, 0)) for value, label in BatchStatus.choices]
        return [
            {"value": value, "label": label, "count": count, "current": value == shown}
            for value, label, count in states
        ]


class BatchDetail(BatchPage, RecordDetail[ProductionBatch]):
    """A batch: its goods, its cooking, what came out."""

    known = (
        Column(label=_("Kind"), value="get_kind_display"),
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Family"), value="family.name"),
        Column(label=_("Product"), value="product.name"),
        Column(label=_("Started on"), value="started_on", kind=Kind.DAY),
        Column(label=_("Closed at"), value="closed_at", kind=Kind.MOMENT),
        Column(label=_("Taken"), value="taken_grams", kind=Kind.KG),
        Column(label=_("Made"), value="made_grams", kind=Kind.KG),
        Column(label=_("Lost"), value="lost_grams", kind=Kind.KG),
        Column(label=_("Yield"), value=batch_yield),
        Column(label=_("Cooking temperature (°C)"), value="cooking_c"),
        Column(label=_("Cooking time (minutes)"), value="cooking_minutes", kind=Kind.NUMBER),
        Column(label=_("Recipe"), value="recipe"),
    )

    @cached_property
    def lines(self) -> list[BatchLine]:
        """The standing lines of the batch."""
        return list(lines_of(self.record))

    def get(self, request: Any, pk: Any) -> HttpResponse:
        """Show what is known of the batch."""
        self.fields = [column for column in self.known if column.read(self.record) not in (None, "")]
        return super().get(request, pk)

    def state(self, record: ProductionBatch) -> Chip:
        """Return where the batch stands."""
        return batch_state(record)

    def actions(self, record: ProductionBatch, allowed: Abilities) -> list[Action]:
        """Return what can be done in the state of the batch."""
        if record.status == BatchStatus.CANCELLED:
            return []
        buttons = []
        if "cancel" in allowed:
            url = self.url("cancel", record)
            buttons.append(Action(label=_("Cancel the batch"), url=url, icon="x", asks=True))
        if record.status == BatchStatus.OPEN and "take" in allowed:
            is_ready = any(line.role == LineRole.INPUT for line in self.lines)
            url = self.url("take", record)
            buttons.append(Action(label=_("Take goods"), url=url, icon="package-plus", primary=not is_ready))
            if is_ready:
                url = self.url("close", record)
                buttons.append(Action(label=_("Close the batch"), url=url, icon="check", primary=True))
        return buttons

    def panels(self, record: ProductionBatch) -> list[Panel]:
        """Return what was taken, and what came out."""
        taken = [line for line in self.lines if line.role == LineRole.INPUT]
        out = [line for line in self.lines if line.role != LineRole.INPUT]
        is_open = record.status == BatchStatus.OPEN and "take" in self.allowed
        goods = Column(label=_("Goods"), value="lot.label", note=Column(label=_("Lot"), value="lot.number"))
        weight = Column(label=_("Weight"), value="movement.grams", kind=Kind.KG)
        part = Column(label=_("Part"), value="get_role_display")
        return [
            table_panel(
                _("Taken"),
                columns=[goods, weight, Column(label=_("From"), value=line_place)],
                records=taken,
                empty=_("Nothing is taken yet."),
                url_of=self.lot_url,
                name_of=lambda line: line.lot.number,
                acts_of=self.line_acts if is_open else None,
            ),
            table_panel(
                _("Made and lost"),
                columns=[goods, part, weight],
                records=out,
                empty=_("Nothing has come out yet."),
                url_of=self.lot_url,
                name_of=lambda line: line.lot.number,
            ),
        ]

    def lot_url(self, line: BatchLine) -> str:
        """Return the sheet of a line's lot."""
        return reverse("stock_lot_detail", args=[line.lot_id])

    def line_acts(self, line: BatchLine) -> list[Action]:
        """Return the way to put goods back."""
        url = reverse("workshop_line_give_back", args=[line.pk])
        return [Action(label=_("Give back"), url=url, asks=True)]


class BatchCreate(BatchPage, RecordCreate[ProductionBatch]):
    """Opens a batch."""

    title = _("Open a batch")
    lead = _("Say what is made. Then take the goods, and close the batch when it is weighed.")
    submit = _("Open the batch")
    form_class = BatchForm
    service = staticmethod(services.batch_open)
    success = _("Batch %(record)s is open.")


class BatchAct(BatchPage, RecordAct[ProductionBatch]):
    """A form about the goods of a batch."""

    form_class: Any

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with what the batch may choose from."""
        form: forms.BaseForm = self.form_class(
            data, batch=self.record, initial=self.initial(), label_suffix=""
        )
        return form


class BatchTake(BatchAct):
    """Takes goods for a batch."""

    verb = "take"
    title = _("Take goods")
    lead = _("Only goods that may still leave; the first to expire come first.")
    submit = _("Take")
    form_class = TakeForm
    service = staticmethod(services.batch_take)
    success = _("Batch %(record)s: taken.")


class BatchClose(BatchAct):
    """Closes a batch: what was made, what was lost."""

    verb = "close"
    title = _("Close the batch")
    lead = _("What was made and what was lost add up to what was taken, to the gram.")
    submit = _("Close the batch")
    form_class = CloseForm
    service = staticmethod(services.batch_close)
    success = _("Batch %(record)s is closed.")


class BatchCancel(BatchPage, RecordAct[ProductionBatch]):
    """Undoes a batch."""

    verb = "cancel"
    title = _("Cancel the batch")
    lead = _("What it took goes back to its shelf, what it made leaves the stock. Both stay in the journal.")
    submit = _("Cancel the batch")
    is_grave = True
    form_class = GiveBackForm
    service = staticmethod(services.batch_cancel)
    success = _("Batch %(record)s is cancelled.")


class LineGiveBack(RecordAct[BatchLine]):
    """Puts goods of an open batch back on their shelf."""

    model = BatchLine
    urls = "workshop_batch"
    abilities = staticmethod(abilities)
    record_name = "line"
    verb = "take"
    title = _("Give back")
    lead = _("The goods go back where they were taken.")
    submit = _("Give back")
    form_class = GiveBackForm
    service = staticmethod(services.batch_give_back)
    success = _("The goods are back on their shelf.")

    def records(self) -> QuerySet[BatchLine]:
        """Return what was taken and is still there to give back."""
        return standing().filter(role=LineRole.INPUT).select_related("batch", "movement", "lot")

    def success_url(self, record: BatchLine) -> str:
        """Return the sheet of the batch."""
        return reverse("workshop_batch_detail", args=[self.record.batch_id])

    def back_url(self) -> str:
        """Return the sheet of the batch."""
        return self.success_url(self.record)


class LotFreeze(RecordAct[Lot]):
    """Freezes a part of a chilled lot."""

    model = Lot
    urls = "stock_lot"
    abilities = staticmethod(abilities)
    verb = "freeze"
    title = _("Freeze")
    lead = _("A new lot, frozen today, with the date you set. What was frozen once is not frozen again.")
    submit = _("Freeze")
    form_class = FreezeForm
    service = staticmethod(services.lot_freeze)
    success = _("Batch %(record)s: frozen.")

    def records(self) -> QuerySet[Lot]:
        """Return the lots with what says whether they stand freezing."""
        return Lot.objects.select_related("product", "family")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the places of the lot and the freezers beside them."""
        return FreezeForm(data, lot=self.record, initial=self.initial(), label_suffix="")

    def perform(self, form: forms.BaseForm) -> ProductionBatch:
        """Call the service; the batch it makes is where to go."""
        self.batch = services.lot_freeze(self.request.actor, lot=self.record, **form.cleaned_data)
        return self.batch

    def success_url(self, record: Any) -> str:
        """Return the sheet of the batch."""
        return reverse("workshop_batch_detail", args=[self.batch.pk])
