"""The delivery notes of a day on paper: a few at once, many as a background job."""

import datetime as dt
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from apps.delivery.forms import DayForm
from apps.delivery.jobs import NOTES_OF_DAY, DayOfNotes, file_name_of_day
from apps.delivery.models import DeliveryNote
from apps.delivery.papers import notes_pdf
from apps.delivery.selectors import last_day_of_notes, notes_of_day, notes_with_lines
from apps.delivery.views.notes import NotePage
from apps.kernel import clock
from apps.kernel.doors import StaffRequest
from apps.kernel.jobs.services import job_ask
from apps.kernel.pages import FormPage
from apps.kernel.pages.pdf import pdf_response

AT_ONCE: Final = 10
"""So many notes are printed while one waits: half a second."""


class DayPrint(NotePage, FormPage[DeliveryNote]):
    """Asks for the day, then shows the PDF, or the page of the job that makes it."""

    verb = "view"
    form_class = DayForm
    title = submit = _("Print the day’s notes")
    lead = _("All delivery notes of a day, by number, to print in one go.")

    def initial(self) -> dict[str, Any]:
        """Return the day of the address, else the latest one with a note."""
        return {"day": last_day_of_notes() or clock.today(), **super().initial()}

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the form."""
        return self.shown(self.form())

    def post(self, request: StaffRequest) -> HttpResponse:
        """Go to the PDF of few notes; ask for the job that prints many, once."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        day: dt.date = form.cleaned_data["day"]
        if notes_of_day(day).count() <= AT_ONCE:
            return HttpResponseRedirect(f"{reverse('delivery_day_pdf')}?day={day:%Y-%m-%d}")
        asked = DayOfNotes(day=day, base=request.build_absolute_uri("/"))
        job = job_ask(request.actor, kind=NOTES_OF_DAY, asked=asked, op_key=form.cleaned_data["op_key"])
        return HttpResponseRedirect(reverse("job_detail", kwargs={"pk": job.pk}))


class DayPaper(NotePage):
    """The few notes of a day as one PDF."""

    verb = "view"

    def get(self, request: StaffRequest) -> HttpResponse:
        """Send the PDF; a day with no note or with many, or no day at all, leads to the form."""
        day = _day(request.GET.get("day", ""))
        notes = list(notes_with_lines(notes_of_day(day))[: AT_ONCE + 1]) if day else []
        if day is None or not 0 < len(notes) <= AT_ONCE:
            asked = f"?day={day:%Y-%m-%d}" if day else ""
            return HttpResponseRedirect(reverse("delivery_day_print") + asked)
        content = notes_pdf(notes, base=request.build_absolute_uri("/"))
        return pdf_response(content, name=file_name_of_day(day))


def _day(asked: str) -> dt.date | None:
    try:
        return parse_date(asked)
    except ValueError:
        return None
