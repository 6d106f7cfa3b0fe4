"""The journal of a bank: every act on every record, for those who answer for the bank or audit it.

Filters are in the address (``?from=…&until=…&by=…&kind=…&act=…&record=…``); ``?format=csv`` gives every act
that they keep as a spreadsheet in words, ``?format=json`` as one JSON object a line, in codes. Both are sent
as they are read, part by part, to the last.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import connection, models
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, Role, require, verbs
from apps.kernel.display import stamp
from apps.kernel.doors import MenuEntry, Section, StaffRequest, reads
from apps.kernel.folding import by_words
from apps.kernel.forms import DayInput, FilterForm
from apps.kernel.models import AuditEntry
from apps.kernel.pages.history import MOST_PAGES, SOFTWARE, HistoryPanel
from apps.kernel.tables import harmless
from apps.kernel.telling import Change, HistoryLine, act_labels, kind_label, record_label, told

SHEETS: Final[Mapping[str, str]] = {
    "catalogue.product": "catalogue_product_detail",
    "catalogue.productfamily": "catalogue_family_detail",
    "delivery.contributionrate": "delivery_rate_detail",
    "delivery.deliverynote": "delivery_note_detail",
    "delivery.pickinglist": "delivery_picking_detail",
    "donors.campaign": "donors_campaign_detail",
    "donors.donor": "donors_donor_detail",
    "network.surplus": "network_surplus_detail",
    "network.transfer": "network_transfer_detail",
    "network.transferagreement": "network_agreement_detail",
    "offers.offer": "offers_offer_detail",
    "orders.order": "orders_order_detail",
    "partners.partner": "partners_partner_detail",
    "recalls.recallcase": "recalls_case_detail",
    "receiving.goodsreceipt": "receiving_receipt_detail",
    "receiving.nationalcollection": "receiving_collection_detail",
    "rounds.round": "rounds_round_detail",
    "sites.location": "sites_location_detail",
    "sites.site": "sites_site_detail",
    "sites.vehicle": "sites_vehicle_detail",
    "stock.countsheet": "stock_sheet_detail",
    "stock.lot": "stock_lot_detail",
    "stock.minimumlevel": "stock_level_detail",
    "stock.pallet": "stock_pallet_detail",
    "workshop.productionbatch": "workshop_batch_detail",
}
"""The page of each kind of record that has one of its own."""
ALONE: Final[Mapping[str, str]] = {
    "network.bankrouting": "network_rules",
    "receiving.temperaturelimit": "receiving_limit_list",
    "sites.letterhead": "sites_letterhead",
    "stock.countlimits": "stock_limits",
}
"""The page of each kind of which a bank has one, or shows all at once."""
OTHERS: Final = (
    "kernel.job",
    "kernel.storedfile",
    "receiving.collectionshop",
    "receiving.container",
    "receiving.weighing",
    "rounds.stop",
)
"""Kinds that are told of and have no page."""
_NAMELESS: Final = _("without a number (%(end)s)")
PER_PAGE: Final = 50
BATCH: Final = 1_000
HEADINGS: Final = (
    _("When"), _("Who"), _("Through"), _("Kind of record"), _("Name"), _("Act"), _("Field"), _("Before"),
    _("After"), _("Reason"),
)  # fmt: skip


def journal_abilities(actor: Actor) -> Abilities:
    """Return what this person may do with the journal: managers and who keeps the accounts read it."""
    return verbs("view", when=actor.is_any(Role.MANAGER, Role.ACCOUNTS))


MENU: Final = [
    MenuEntry(
        label=_("Journal"),
        url_name="journal",
        icon="scroll-text",
        abilities=journal_abilities,
        section=Section.FILES,
    )
]


class JournalFilter(FilterForm):
    """Which acts: from day to day, whose, on what, which, on one record."""

    since = forms.DateField(label=_("From"), widget=DayInput())
    until = forms.DateField(label=_("Until"), widget=DayInput())
    by = forms.ChoiceField(label=_("Who"))
    kind = forms.ChoiceField(label=_("Kind of record"))
    act = forms.ChoiceField(label=_("Act"))
    record = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        kind = asked.get("kind", "")
        acts = sorted(act_labels(kind).items(), key=lambda item: by_words(item[1]))
        named = [(kind, kind_label(kind)) for kind in (*SHEETS, *ALONE, *OTHERS)]
        kinds = sorted(named, key=lambda item: by_words(item[1]))
        self._choose("by", _people(asked.get("by", "")))
        self._choose("kind", kinds)
        self._choose("act", acts)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]

    def narrow(self, records: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Keep the acts that match; a filter that cannot be read keeps none."""
        if not self.is_valid():
            return records.none()
        asked = self.cleaned_data
        if asked["since"]:
            records = records.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            records = records.filter(at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        if asked["by"]:
            person = None if asked["by"] == SOFTWARE else asked["by"]
            records = records.filter(actor_id=person) if person else records.filter(actor_id__isnull=True)
        wanted = {
            "record_kind": asked["kind"],
            "action": asked["act"],
            "record_id": str(asked["record"] or ""),
        }
        return records.filter(**{name: value for name, value in wanted.items() if value})


@reads
def journal(request: StaffRequest) -> HttpResponseBase:
    """Show a page of the journal, or send all of it as a file.

    Raises:
        Forbidden: this person neither manages the bank nor keeps its accounts.
    """
    require(journal_abilities(request.actor), "view")
    asked = JournalFilter(request.GET)
    found = asked.narrow(AuditEntry.objects.all())
    if request.GET.get("format") in FILES:
        return _file(request.GET["format"], found)
    number = _page_number(request.GET.get("page", ""))
    entries = list(found[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    panel = HistoryPanel(
        lines=[told(entry) for entry in entries[:PER_PAGE]], number=number, has_older=len(entries) > PER_PAGE
    )
    days = [(day, [{"line": line, **_record(line.entry)} for line in lines]) for day, lines in panel.days]
    context = {"filter_form": asked, "panel": panel, "days": days, "narrowed": asked.narrows()}
    return render(request, "journal.html", context)


def _record(entry: AuditEntry) -> dict[str, str]:
    """Return the kind, the name and the address of the record of an entry."""
    page, alone = SHEETS.get(entry.record_kind), ALONE.get(entry.record_kind)
    url = reverse(page, args=[entry.record_id]) if page else reverse(alone) if alone else ""
    name = record_label(entry) or str(_NAMELESS) % {"end": entry.record_id[-6:].upper()}
    return {"kind": kind_label(entry.record_kind), "name": name, "url": url}


def _page_number(asked: str) -> int:
    return min(max(1, int(asked)), MOST_PAGES) if asked.isdecimal() and len(asked) < 6 else 1


def _midnight(day: dt.date) -> dt.datetime:
    """Return the instant at which a day of the bank begins."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=clock.local(clock.now()).tzinfo)


def _people(asked: str) -> list[tuple[str, Any]]:
    """Return the people of the bank now, the one asked for, and the software, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT id, label FROM public.own_people()")
        people = {str(pk): label for pk, label in cursor.fetchall()}
    if asked not in ("", SOFTWARE) and asked not in people and _is_id(asked):
        last = AuditEntry.objects.filter(actor_id=asked).values_list("actor_label", flat=True).first()
        people |= {asked: last or _("A former member")} if last is not None else {}
    named = sorted(people.items(), key=lambda item: by_words(item[1]))
    return [(SOFTWARE, "COLLECTO"), *named]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _batches(found: models.QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """Yield every entry, newest first, part by part, each with a statement of its own."""
    batch = list(found[:BATCH])
    while batch:
        yield batch
        last = batch[-1]
        after = models.Q(at__lt=last.at) | models.Q(at=last.at, pk__lt=last.pk)
        batch = list(found.filter(after, at__lte=last.at)[:BATCH])


def _file(kind: str, found: models.QuerySet[AuditEntry]) -> StreamingHttpResponse:
    content_type, write = FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="journal-{clock.today():%Y-%m-%d}.{kind}"'}
    return StreamingHttpResponse(write(found), content_type=content_type, headers=headers)


def _csv(found: models.QuerySet[AuditEntry]) -> Iterator[str]:
    """Yield the lines of a spreadsheet, one per field that changed."""
    yield "\ufeff" + _rows([[str(heading) for heading in HEADINGS]])
    for batch in _batches(found):
        yield _rows([row for entry in batch for row in _csv_rows(told(entry))])


def _csv_rows(line: HistoryLine) -> Iterator[list[str]]:
    entry = line.entry
    who = str(line.who) if entry.actor_id is None else entry.actor_label
    kind = kind_label(entry.record_kind)
    about = [stamp(entry.at), who, entry.actor_via, kind, record_label(entry), str(line.label)]
    for name, before, after in line.changes or [Change("", "", "")]:
        yield [harmless(text) for text in (*about, str(name), str(before), str(after), entry.reason)]


def _rows(rows: list[list[str]]) -> str:
    body = io.StringIO()
    csv.writer(body, delimiter=";", lineterminator="\r\n").writerows(rows)
    return body.getvalue()


def _json(found: models.QuerySet[AuditEntry]) -> Iterator[str]:
    """Yield one JSON object a line, as the history holds it."""
    names = [field.attname for field in AuditEntry._meta.concrete_fields]
    for batch in _batches(found):
        for entry in batch:
            said = {name: getattr(entry, name) for name in names} | {"at": entry.at.isoformat()}
            yield json.dumps(said, default=str, ensure_ascii=False) + "\n"


FILES: Final[Mapping[str, tuple[str, Callable[[models.QuerySet[AuditEntry]], Iterator[str]]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "json": ("application/x-ndjson", _json),
}
