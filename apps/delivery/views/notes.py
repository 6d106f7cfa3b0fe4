"""A delivery note on screen and on paper, the same for the bank and for the charity."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from apps.delivery.abilities import abilities
from apps.delivery.models import DeliveryNote
from apps.delivery.selectors import note_lines_of, notes_visible_to, sections_of
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import RecordPage


class NotePage(RecordPage[DeliveryNote]):
    """What the pages of delivery notes share: a charity only ever sees its own."""

    model = DeliveryNote
    urls = "delivery_note"
    verb = "view_notes"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[DeliveryNote]:
        """Return the notes in reach."""
        return notes_visible_to(self.request.actor)


class NoteDetail(NotePage):
    """A delivery note, printable."""

    template_name = "delivery/note.html"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the note, one section per kind of source."""
        return self.page(
            note=self.record,
            partner=self.record.partner,
            order=self.record.picking_list.order,
            sections=sections_of(note_lines_of(self.record)),
            is_staff="view" in self.allowed,
        )
