"""Forms that act on the stock: move, lose, count, block, reverse."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import StaffRequest
from apps.kernel.pages import FormPage, RecordAct
from apps.stock import services
from apps.stock.forms import (
    ClearForm,
    CountForm,
    InspectForm,
    LoseForm,
    LotActForm,
    MoveForm,
    QuarantineForm,
    ReasonForm,
    StatusForm,
    UndoForm,
)
from apps.stock.models import Lot, Movement
from apps.stock.selectors import expired_on_hand
from apps.stock.states import LossReason
from apps.stock.views.shown import count_told
from apps.stock.views.staff import LotPage, MovementPage


class LotAct(LotPage, RecordAct[Lot]):
    """A form about part of a lot; ``?location=`` chooses where."""

    form_class: type[LotActForm]

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the locations of the lot."""
        return self.form_class(data, lot=self.record, initial=self.initial(), label_suffix="")


class UndoneAct(LotAct):
    """A movement that who may reverse can undo at once, from the word that says it is done."""

    made: Movement | None = None

    def perform(self, form: forms.BaseForm) -> Lot:
        """Record the movement."""
        self.made = self.service(self.request.actor, lot=self.record, **form.cleaned_data)
        return self.record

    def undo_url(self, record: Lot) -> str:
        """Return the address that reverses the movement."""
        if self.made is None or "reverse" not in self.allowed:
            return ""
        return f"{reverse('stock_movement_reverse', args=[self.made.pk])}?undo=1"


class LotMove(UndoneAct):
    """Moves goods to another location."""

    verb = "move"
    title = _("Move goods")
    lead = _("Only free goods move; what orders have reserved waits where it is.")
    submit = _("Move")
    form_class = MoveForm
    service = staticmethod(services.stock_move)
    success = _("Lot %(record)s: moved.")


class LotQuarantine(UndoneAct):
    """Sets goods aside until somebody decides."""

    verb = "move"
    title = _("Put in quarantine")
    lead = _("Goods in quarantine are not reserved or sent away until a stock keeper takes them out.")
    submit = _("Put in quarantine")
    form_class = QuarantineForm
    service = staticmethod(services.stock_move)
    success = _("Lot %(record)s: set aside.")


class LotLose(UndoneAct):
    """Records a loss."""

    verb = "lose"
    title = _("Record a loss")
    lead = _("Say why, and where the goods go: the State asks for both.")
    submit = _("Record the loss")
    form_class = LoseForm
    service = staticmethod(services.stock_lose)
    success = _("Lot %(record)s: the loss is recorded.")


class LotCount(LotAct):
    """Sets a lot at a location to what was weighed."""

    verb = "count"
    title = _("Count")
    lead = _("Weigh everything that is there. The books follow.")
    submit = _("Record the count")
    form_class = CountForm
    service = staticmethod(services.stock_count)

    def perform(self, form: forms.BaseForm) -> Lot:
        """Record the count."""
        self.entry = services.stock_count(self.request.actor, lot=self.record, **form.cleaned_data)
        return self.record

    def said(self, record: Lot) -> str:
        """Say what became of the difference."""
        return f"{record}: {count_told(self.entry)}"


class LotInspect(LotPage, RecordAct[Lot]):
    """Records what a trained person found of goods past best before."""

    verb = "inspect"
    title = _("Inspect")
    lead = _("Tick what holds. Goods leave after best before only when everything does.")
    submit = _("Record the inspection")
    form_class = InspectForm
    service = staticmethod(services.lot_inspect)
    success = _("Lot %(record)s: the inspection is recorded.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the checklist that suits the lot."""
        return InspectForm(data, lot=self.record, initial=self.initial(), label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Record the inspection, and remember whether the lot failed it."""
        inspection = services.lot_inspect(self.request.actor, lot=self.record, **form.cleaned_data)
        self.has_passed = inspection.passed
        return self.record

    def success_url(self, record: Lot) -> str:
        """Return the sheet of the lot; of one that failed, the form that throws it away."""
        if self.has_passed:
            return super().success_url(record)
        return f"{self.url('lose', record)}?reason={LossReason.BEST_BEFORE_REFUSED}"


class ExpiredClear(LotPage, FormPage[Lot]):
    """Clears what may no longer leave, in one act; ``?undo=`` with the key of a clearing reverses it."""

    verb = "lose"
    title = _("Clear what may no longer leave")
    lead = _("What you tick is recorded as lost. What orders have reserved waits until they are repaired.")
    submit = _("Record as lost")
    is_grave = True
    success = _("The lots are out of stock.")

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the lots."""
        return self.shown(self.form())

    def post(self, request: StaffRequest) -> HttpResponse:
        """Clear what is ticked, or undo."""
        undone = UndoForm(request.GET)
        if undone.is_valid():
            services.cleared_undo(
                request.actor, cleared=undone.cleaned_data["undo"], reason=str(_("Undone at once"))
            )
            messages.success(request, _("The lots are back in stock."))
            return HttpResponseRedirect(self.success_url(None))
        return self.answered()

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the lots there now."""
        return ClearForm(data, held=expired_on_hand(), label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Clear what is ticked."""
        self.cleared = form.cleaned_data["op_key"]
        services.expired_clear(self.request.actor, **form.cleaned_data)

    def success_url(self, record: Lot | None) -> str:
        """Return the list of the lots that may no longer leave."""
        return f"{self.url('list')}?state=expired"

    def undo_url(self, record: Lot | None) -> str:
        """Return where the clearing is undone, for whoever may reverse movements."""
        return f"{self.url('clear')}?undo={self.cleared}" if "reverse" in self.allowed else ""


class LotBlock(LotPage, RecordAct[Lot]):
    """Keeps a lot from leaving."""

    verb = "block"
    title = _("Block the lot")
    lead = _("It can no longer be reserved, handed over or sent to another bank.")
    submit = _("Block")
    form_class = StatusForm
    service = staticmethod(services.lot_block)
    success = _("Lot %(record)s is blocked.")


class LotUnblock(LotPage, RecordAct[Lot]):
    """Lets a blocked lot leave again."""

    verb = "unblock"
    title = _("Release the lot")
    lead = _("It can be reserved and handed over again.")
    submit = _("Release")
    form_class = StatusForm
    service = staticmethod(services.lot_unblock)
    success = _("Lot %(record)s may leave again.")


class MovementReverse(MovementPage, RecordAct[Movement]):
    """Puts a mistake right by a movement the other way."""

    verb = "reverse"
    title = _("Reverse the movement")
    lead = _("A movement the other way is written on the day of the mistake. Both stay in the journal.")
    submit = _("Reverse the movement")
    is_grave = True
    form_class = ReasonForm
    service = staticmethod(services.movement_reverse)
    success = _("The movement is reversed.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form; who undoes at once is not asked why."""
        if data is not None and "undo" in self.request.GET and not data.get("reason"):
            data = data.copy()
            data["reason"] = str(_("Undone at once"))
        return super().form(data, files)

    def success_url(self, record: Movement) -> str:
        """Return the sheet of the lot."""
        return reverse("stock_lot_detail", args=[record.lot_id])

    def back_url(self) -> str:
        """Return the sheet of the lot."""
        return self.success_url(self.record)
