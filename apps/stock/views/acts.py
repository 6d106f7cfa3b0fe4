"""Forms that act on the stock: move, lose, count, block, reverse."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.pages import RecordAct
from apps.stock import services
from apps.stock.forms import CountForm, LoseForm, LotActForm, MoveForm, ReasonForm, StatusForm
from apps.stock.models import Lot, Movement
from apps.stock.views.staff import LotPage, MovementPage


class LotAct(LotPage, RecordAct[Lot]):
    """A form about part of a lot; ``?location=`` chooses where."""

    form_class: type[LotActForm]

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the locations of the lot."""
        return self.form_class(data, lot=self.record, initial=self.initial(), label_suffix="")


class LotMove(LotAct):
    """Moves goods to another location."""

    verb = "move"
    title = _("Move goods")
    lead = _("Only free goods move; what orders have reserved waits where it is.")
    submit = _("Move")
    form_class = MoveForm
    service = staticmethod(services.stock_move)
    success = _("Lot %(record)s: moved.")


class LotLose(LotAct):
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
    success = _("Lot %(record)s: the count is recorded.")


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
    submit = _("Reverse")
    form_class = ReasonForm
    service = staticmethod(services.movement_reverse)
    success = _("The movement is reversed.")

    def success_url(self, record: Movement) -> str:
        """Return the sheet of the lot."""
        return reverse("stock_lot_detail", args=[record.lot_id])

    def back_url(self) -> str:
        """Return the sheet of the lot."""
        return self.success_url(self.record)
