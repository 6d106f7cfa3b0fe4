"""What a partner brings back of a delivery note."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.delivery.forms import ReturnForm
from apps.delivery.models import DeliveryNote
from apps.delivery.selectors import document_of, given_of
from apps.delivery.views.notes import NotePage
from apps.kernel.pages import RecordAct
from apps.stock.models import Lot
from apps.stock.selectors import Given
from apps.stock.services import stock_return


class NoteReturn(NotePage, RecordAct[DeliveryNote]):
    """Takes goods of a note back, into quarantine: they keep their lot and their origin."""

    verb = "take_back"
    title = _("Something comes back")
    lead = _("It goes to quarantine, under its own lot: somebody decides there what becomes of it.")
    submit = _("Take it back")
    success = _("%(record)s: what came back is in quarantine.")

    @cached_property
    def given(self) -> dict[Any, Given]:
        """What the note gave, by lot."""
        return given_of(self.record)

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the lots of which something is still with the partner."""
        lots = Lot.objects.filter(pk__in=self.given).order_by("label", "number")
        site = self.record.picking_list.order.site
        return ReturnForm(
            data, given=self.given, lots=lots, site=site, initial=self.initial(), label_suffix=""
        )

    def perform(self, form: forms.BaseForm) -> DeliveryNote:
        """Move the goods from the partner's account into quarantine."""
        assert isinstance(form, ReturnForm)  # noqa: S101 - the form made above
        stock_return(self.request.actor, document=document_of(self.record), **form.cleaned_data)
        return self.record
