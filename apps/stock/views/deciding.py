"""Differences of counts that wait for a decision, and the limits above which they do."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.display import moment
from apps.kernel.pages import Action, Column, Kind, RecordAct, RecordCreate, RecordList
from apps.kernel.quantity import format_kg
from apps.kernel.templatetags.collecto import both
from apps.stock import services
from apps.stock.abilities import abilities
from apps.stock.forms import LimitsForm, StatusForm
from apps.stock.models import CountEntry, CountLimits
from apps.stock.selectors import entries_listed, entries_pending, limits_now
from apps.stock.states import EntryStatus
from apps.stock.views.shown import entry_state, signed_kg


def entry_acts(entry: CountEntry, allowed: Abilities) -> list[Action]:
    """Return what can be decided about a count."""
    acts = []
    if entry.status == EntryStatus.WAITING and "approve_count" in allowed:
        acts = [
            Action(label=_("Refuse"), url=reverse("stock_entry_refuse", args=[entry.pk])),
            Action(label=_("Approve"), url=reverse("stock_entry_approve", args=[entry.pk]), primary=True),
        ]
    if entry.unsettled_grams:
        orders = f"{reverse('orders_order_list')}?{urlencode({'lot': entry.lot_id})}"
        acts.append(Action(label=_("Orders concerned"), url=orders))
        if "settle_count" in allowed:
            acts.append(Action(label=_("Settle"), url=reverse("stock_entry_settle", args=[entry.pk])))
    return acts


class EntryPage:
    """What the pages of a count share."""

    model = CountEntry
    urls = "stock_entry"
    abilities = staticmethod(abilities)
    record_name = "entry"

    def records(self) -> QuerySet[CountEntry]:
        """Return the counts with lot, location and sheet."""
        return entries_listed()


class EntryList(EntryPage, RecordList[CountEntry]):
    """What waits for a decision: differences to approve, goods to settle with orders."""

    verb = "count"
    columns = (
        Column(
            label=gettext_lazy("Goods"),
            value="lot.label",
            note=Column(label=gettext_lazy("Lot"), value="lot.number"),
        ),
        Column(label=gettext_lazy("Location"), value="location"),
        Column(label=gettext_lazy("Expected"), value="book_grams", kind=Kind.KG),
        Column(label=gettext_lazy("Found"), value=lambda entry: both(entry.counted_grams, entry.lot)),
        Column(
            label=gettext_lazy("Difference"),
            value=lambda entry: signed_kg(entry.difference_grams),
            note=Column(label=gettext_lazy("Valuation"), value="difference_cents", kind=Kind.EUROS),
        ),
        Column(
            label=gettext_lazy("State"),
            value=entry_state,
            note=Column(label=gettext_lazy("Counted by"), value="counted_by_label"),
        ),
    )
    ordering = ("counted_at",)
    lead = gettext_lazy("Who counted does not approve. The difference is that of the instant of the count.")
    empty_text = gettext_lazy("Nothing waits: every difference is decided.")
    acts_in_rows = True

    def records(self) -> QuerySet[CountEntry]:
        """Return the counts of which something is still to be done."""
        return entries_pending()

    def row_url(self, record: CountEntry) -> str:
        """Return the lot."""
        return reverse("stock_lot_detail", args=[record.lot_id])

    def row_actions(self, record: CountEntry) -> list[Action]:
        """Return what can be decided."""
        return entry_acts(record, self.allowed)

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to the sheets."""
        return [Action(label=_("Count sheets"), url=reverse("stock_sheet_list"), icon="clipboard-check")]


class EntryAct(EntryPage, RecordAct[CountEntry]):
    """A decision about a count."""

    verb = "approve_count"
    form_class: type[forms.BaseForm] = StatusForm

    @property
    def lead(self) -> str:  # type: ignore[override]
        """Say what was counted, and what the books held at that instant."""
        entry = self.record
        values = {
            "lot": entry.lot,
            "place": entry.location,
            "found": format_kg(entry.counted_grams),
            "books": format_kg(entry.book_grams),
            "when": moment(entry.counted_at),
            "who": entry.counted_by_label,
        }
        return (
            _("%(lot)s, %(place)s: %(who)s found %(found)s on %(when)s; the books held %(books)s.") % values
        )

    def success_url(self, record: CountEntry) -> str:
        """Return the sheet, or what else waits."""
        return self.back_url()

    def back_url(self) -> str:
        """Return the sheet, or what else waits."""
        line = self.record.line
        return reverse("stock_sheet_detail", args=[line.sheet_id]) if line else self.url("list")


class OptionalReason(forms.Form):
    """A word to go with an approval."""

    reason = forms.CharField(label=gettext_lazy("Comment"), max_length=200, required=False)


class EntryApprove(EntryAct):
    """Approves a difference."""

    title = gettext_lazy("Approve the difference")
    submit = gettext_lazy("Approve")
    form_class = OptionalReason
    service = staticmethod(services.count_approve)
    success = gettext_lazy("%(record)s: the difference is in the books.")


class EntryRefuse(EntryAct):
    """Refuses a difference."""

    title = gettext_lazy("Refuse the difference")
    submit = gettext_lazy("Refuse: count again")
    service = staticmethod(services.count_refuse)
    success = gettext_lazy("%(record)s: to be counted again.")


class EntrySettle(EntryAct):
    """Settles what is missing from the goods that orders gave back."""

    verb = "settle_count"
    title = gettext_lazy("Settle with orders")
    submit = gettext_lazy("Settle")
    form_class = forms.Form
    service = staticmethod(services.count_settle)
    success = gettext_lazy("%(record)s: settled as far as goods are free.")


class Limits(RecordCreate[CountLimits]):
    """Which differences wait for a second person."""

    model = CountLimits
    urls = "stock_sheet"
    abilities = staticmethod(abilities)
    verb = "limit_counts"
    title = gettext_lazy("Limits of counts")
    lead = gettext_lazy(
        "Above either limit somebody else than the counter approves; "
        "up to 1 kg the percentage does not count."
    )
    submit = gettext_lazy("Save")
    form_class = LimitsForm
    service = staticmethod(services.limits_set)
    success = gettext_lazy("The limits are set for the counts to come.")

    def initial(self) -> dict[str, Any]:
        """Return the limits of now."""
        now = limits_now()
        return {"limit_grams": now.limit_grams, "limit_percent": now.limit_percent}

    def success_url(self, record: CountLimits) -> str:
        """Return the sheets."""
        return self.url("list")
