"""Pages of a charity: its own delivery notes."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.delivery.forms import OwnNoteFilter
from apps.delivery.models import DeliveryNote
from apps.delivery.selectors import notes_of_charity
from apps.delivery.views.notes import NotePage
from apps.delivery.views.staff import CONTRIBUTION, DELIVERED_ON, GRAMS, NUMBER
from apps.kernel.pages import Column, RecordList


class OwnNoteList(NotePage, RecordList[DeliveryNote]):
    """The delivery notes of the charity, with what each asks in solidarity contribution."""

    urls = "delivery_mine"
    verb = "view_own_notes"
    columns = (
        NUMBER,
        DELIVERED_ON,
        GRAMS,
        CONTRIBUTION,
        Column(label=_("Received by"), value="received_by"),
    )
    search_fields = ("number",)
    filters = OwnNoteFilter
    empty_text = _("No delivery note yet. You get one with each collection.")

    def records(self) -> QuerySet[DeliveryNote]:
        """Return the notes of this person's charity."""
        return notes_of_charity(self.request.actor)

    def row_url(self, record: DeliveryNote) -> str:
        """Return the note itself."""
        return reverse("delivery_note_detail", kwargs={"pk": record.pk})
