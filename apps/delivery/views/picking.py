"""Pages of the warehouse: what to pick, weighing a list, its printed sheet, handing it over."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.delivery.abilities import abilities
from apps.delivery.forms import HandoverForm, PickingFilter, WeightsForm
from apps.delivery.models import PickingList, PickLine
from apps.delivery.selectors import (
    Parcel,
    cold_needs,
    parcels_of,
    pick_lines_of,
    pickings_visible_to,
    sections_of,
)
from apps.delivery.services import handover_record, picking_record
from apps.delivery.states import OPEN, PickingStatus
from apps.delivery.views.chips import status_chip
from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, date_tone, day
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import add_refusal
from apps.kernel.pages import Action, Column, Kind, RecordList, RecordPage, history_panel


def wanted_chip(picking: PickingList) -> Chip | str:
    """Return the wanted day, coloured while the list waits."""
    wanted = picking.order.wanted_on
    return Chip(day(wanted), date_tone(wanted)) if picking.status in OPEN else day(wanted)


WAITING_FIRST = Case(When(status__in=OPEN, then=0), default=1)


class PickingPage(RecordPage[PickingList]):
    """What the pages of a picking list share."""

    model = PickingList
    urls = "delivery_picking"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[PickingList]:
        """Return the picking lists with order, partner, site and weights."""
        return pickings_visible_to(self.request.actor)


class PickingIndex(PickingPage, RecordList[PickingList]):
    """The picking lists: those that wait, the first wanted first, then those that are done."""

    columns = (
        Column(
            label=gettext_lazy("Partner"),
            value="order.partner.name",
            sort="order__partner__name",
            note=Column(label=gettext_lazy("Order"), value="order.number", sort="order__number"),
        ),
        Column(
            label=gettext_lazy("Wanted on"),
            value=wanted_chip,
            sort="order__wanted_on",
            note=Column(label=gettext_lazy("Site"), value="order.site.name", sort="order__site__name"),
        ),
        Column(label=gettext_lazy("State"), value=status_chip, sort="status"),
        Column(label=gettext_lazy("Lines"), value="line_count", kind=Kind.NUMBER, sort="line_count"),
        Column(label=gettext_lazy("Reserved"), value="reserved_grams", kind=Kind.KG, sort="reserved_grams"),
        Column(label=gettext_lazy("Weighed"), value="picked_grams", kind=Kind.KG, sort="picked_grams"),
    )
    search_fields = ("order__number", "order__partner__name")
    filters = PickingFilter
    ordering = (WAITING_FIRST, "order__wanted_on", "order__number")
    empty_text = gettext_lazy("Nothing to pick. Each confirmed order opens a list here.")
    acts_in_rows = True

    def row_actions(self, record: PickingList) -> list[Action]:
        """Return the next step of a list that waits: weighing it, then handing it over."""
        if record.status == PickingStatus.TO_PICK and "pick" in self.allowed:
            return [Action(label=_("Weigh"), url=self.url("detail", record), primary=True)]
        if record.status == PickingStatus.PICKED and "hand_over" in self.allowed:
            return [Action(label=_("Hand over"), url=self.url("handover", record), primary=True)]
        return []


class PickingDetail(PickingPage):
    """Weighing a list, in the order of the walk; on a phone, one line under the other."""

    writing: ClassVar[bool] = True
    template_name = "delivery/picking.html"

    @cached_property
    def lines(self) -> list[PickLine]:
        """The lines of the list in the order of the walk."""
        return pick_lines_of(self.record)

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the list."""
        return self.shown(WeightsForm(lines=self.lines))

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Record the weights typed, or those and the rest as reserved."""
        form = WeightsForm(request.POST, lines=self.lines)
        if not form.is_valid():
            return self.shown(form, status=422)
        weights = form.weights(rest_as_reserved=request.POST.get("rest") == "reserved")
        try:
            picking = picking_record(request.actor, picking_list=self.record, weights=weights)
        except Forbidden:
            raise
        except DomainError as error:
            form.refuse(error)
            return self.shown(form, status=422)
        return self.done(picking, left=len(self.lines) - len(weights))

    def done(self, picking: PickingList, *, left: int) -> HttpResponse:
        """Go on to the handover once everything is weighed."""
        if picking.status != PickingStatus.PICKED:
            text = _("Weights saved. Lines left to weigh: %(count)s.") % {"count": left}
            messages.success(self.request, text)
            return HttpResponseRedirect(self.url("detail", picking))
        messages.success(self.request, _("Order %(order)s is ready.") % {"order": picking})
        return HttpResponseRedirect(
            self.url("handover", picking) if "hand_over" in self.allowed else self.url("list")
        )

    def shown(self, form: WeightsForm, *, status: int = 200) -> HttpResponse:
        """Show the list with its weights."""
        return self.page(
            status=status,
            picking=self.record,
            order=self.record.order,
            form=form,
            state=status_chip(self.record),
            actions=self.actions(self.allowed),
            can_weigh="pick" in self.allowed and self.record.status in OPEN,
            history=history_panel(self.request, self.record) if "history" in self.allowed else None,
        )

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the printed sheet, and the handover once the list is picked."""
        sheet = self.url("sheet", self.record)
        actions = [Action(label=_("Sheet to print"), url=sheet, icon="printer")]
        if "hand_over" in allowed and self.record.status == PickingStatus.PICKED:
            url = self.url("handover", self.record)
            actions.append(Action(label=_("Hand over"), url=url, icon="handshake"))
        note = getattr(self.record, "delivery_note", None)
        if note is not None:
            url = reverse("delivery_note_detail", kwargs={"pk": note.pk})
            actions.append(Action(label=_("Delivery note"), url=url, icon="file-text", primary=True))
        return actions


class PickingSheet(PickingPage):
    """The list on paper: location, lot, kg, and a box to write the weight in."""

    template_name = "delivery/sheet.html"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the sheet."""
        return self.page(picking=self.record, order=self.record.order, lines=pick_lines_of(self.record))


class PickingHandover(PickingPage):
    """Handing over: what leaves, its contribution, who takes it, how cold it is."""

    writing: ClassVar[bool] = True
    verb = "hand_over"
    template_name = "delivery/handover.html"

    @cached_property
    def parcels(self) -> Sequence[Parcel]:
        """What leaves."""
        return parcels_of(self.record, self.record.order.partner, self.today)

    @cached_property
    def today(self) -> dt.date:
        """The day of the handover."""
        return clock.today()

    def form(self, data: Any = None) -> HandoverForm:
        """Return the form, with the temperatures that these goods need."""
        has_chilled, has_frozen = cold_needs(self.parcels)
        return HandoverForm(data, has_chilled=has_chilled, has_frozen=has_frozen)

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show what leaves, or what is still to be weighed, or the note already written."""
        note = getattr(self.record, "delivery_note", None)
        if note is not None:
            return HttpResponseRedirect(reverse("delivery_note_detail", kwargs={"pk": note.pk}))
        if self.record.status != PickingStatus.PICKED:
            return HttpResponseRedirect(self.url("detail", self.record))
        return self.shown(self.form())

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Record the handover and show its note."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                note = handover_record(request.actor, picking_list=self.record, **form.cleaned_data)
            except Forbidden:
                raise
            except DomainError as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("%(note)s: handed over.") % {"note": note})
                return HttpResponseRedirect(reverse("delivery_note_detail", kwargs={"pk": note.pk}))
        return self.shown(form, status=422)

    def shown(self, form: HandoverForm, *, status: int = 200) -> HttpResponse:
        """Show what leaves and the form."""
        return self.page(
            status=status,
            picking=self.record,
            order=self.record.order,
            form=form,
            sections=sections_of(self.parcels),
            grams=sum(parcel.grams for parcel in self.parcels),
            contribution_cents=sum(parcel.contribution_cents for parcel in self.parcels),
            back_url=self.url("detail", self.record),
        )
