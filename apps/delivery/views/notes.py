"""A delivery note on screen and on paper, the same for the bank and for the charity."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.delivery.abilities import abilities
from apps.delivery.forms import NoteMailForm
from apps.delivery.models import DeliveryNote
from apps.delivery.papers import file_name, note_pdf
from apps.delivery.selectors import (
    note_lines_of,
    notes_visible_to,
    notes_with_lines,
    parties_of,
    returns_of,
    sections_of,
)
from apps.delivery.services import note_mail
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import Column, Kind, RecordAct, RecordPage, history_panel, table_panel
from apps.kernel.pages.pdf import pdf_response
from apps.stock.views.shown import returned_because

RETURN_COLUMNS = (
    Column(label=_("Goods"), value="lot.label", note=Column(label=_("Lot"), value="lot.number")),
    Column(label=_("Weight"), value="grams", kind=Kind.KG),
    Column(label=_("Why"), value=lambda movement: returned_because(movement.reason)),
    Column(label=_("On"), value="occurred_on", kind=Kind.DAY),
    Column(label=_("Put in"), value=lambda movement: str(movement.destination.location)),
)


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
            parties=parties_of(self.record),
            order=self.record.picking_list.order,
            sections=sections_of(note_lines_of(self.record)),
            is_staff="view" in self.allowed,
            history=history_panel(request, self.record) if "history" in self.allowed else None,
            may_mail="mail" in self.allowed,
            may_take_back="take_back" in self.allowed,
            returned=self.returned(),
        )

    def returned(self) -> dict[str, Any] | None:
        """Return the table of what came back, ``None`` when nothing did."""
        found = returns_of(self.record)
        panel = table_panel(_("Came back"), columns=RETURN_COLUMNS, records=found, empty="")
        return panel.context if found else None


class NotePaper(NotePage):
    """The note as a PDF: what is downloaded, printed and kept."""

    def records(self) -> QuerySet[DeliveryNote]:
        """Return the notes in reach, with all that stands on paper."""
        return notes_with_lines(super().records())

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show."""
        content = note_pdf(self.record, base=request.build_absolute_uri("/"))
        return pdf_response(content, name=file_name(self.record))


class NoteMail(NotePage, RecordAct[DeliveryNote]):
    """Sends the note by e-mail, as a rule to the partner."""

    verb = "mail"
    form_class = NoteMailForm
    title = submit = _("Send by e-mail")
    lead = _("The delivery note goes as a PDF.")
    success = _("%(record)s: sent by e-mail.")

    def initial(self) -> dict[str, Any]:
        """Return the partner's own address."""
        return {"email": self.record.partner.email}

    def perform(self, form: forms.BaseForm) -> DeliveryNote:
        """Send it once."""
        base = self.request.build_absolute_uri("/")
        return note_mail(self.request.actor, note=self.record, base=base, **form.cleaned_data)
