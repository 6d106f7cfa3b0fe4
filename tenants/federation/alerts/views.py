"""Pages of the federation: recalls of the network bank by bank, publishing one, the public source."""

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import NOTHING, Chip, Tone, moment
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from apps.recalls.forms import CaseForm, PlainForm
from tenants.federation.abilities import alert_abilities
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice
from tenants.federation.alerts.publishing import recall_publish
from tenants.federation.alerts.reading import record_settle, source_read_now
from tenants.federation.alerts.selectors import (
    BankLine,
    bank_lines_of,
    notices_listed,
    records_to_read,
    source_state,
)
from tenants.federation.alerts.states import TO_READ, TROUBLE_LABELS, BankStanding

TONES = {
    BankStanding.TO_CHECK: Tone.WARN,
    BankStanding.KEPT_BACK: Tone.WARN,
    BankStanding.TOLD: Tone.WARN,
    BankStanding.ANSWERED: Tone.OK,
}


class NoticePage(RecordPage[RecallNotice]):
    """What the pages of the network's recalls share."""

    model = RecallNotice
    urls = "federation_recall"
    abilities = staticmethod(alert_abilities)

    def records(self) -> QuerySet[RecallNotice]:
        """Return the recalls with how many banks found lots."""
        return notices_listed()


def title_of(notice: RecallNotice) -> str:
    """Return what is recalled; an exercise says so first."""
    return f"{_('EXERCISE')} · {notice.title}" if notice.is_exercise else notice.title


class NoticeList(NoticePage, RecordList[RecallNotice]):
    """The recalls of the network, the latest first."""

    columns = (
        Column(label=_("Goods recalled"), value=title_of, note=Column(label=_("Brand"), value="brand")),
        Column(
            label=_("Source"),
            value="get_source_display",
            sort="source",
            note=Column(label=_("Reference"), value="sheet_number"),
        ),
        Column(label=_("Published on"), value="published_on", kind=Kind.DAY, sort="published_on"),
        Column(label=_("Banks reached"), value="reached_count", kind=Kind.NUMBER, sort="reached_count"),
        Column(label=_("Banks with lots"), value="found_count", kind=Kind.NUMBER, sort="found_count"),
        Column(label=_("Recalled"), value="matched_grams", kind=Kind.KG, sort="matched_grams"),
        Column(label=_("Kept back"), value="kept_grams", kind=Kind.KG, sort="kept_grams"),
    )
    search_fields = ("title", "brand", "sheet_number", "distributors")
    empty_text = _("No recall of the network so far.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to a new recall and to the public source."""
        source = Action(label=_("Public notices"), url=reverse("federation_source_list"), icon="search")
        new = Action(label=_("Publish a recall"), url=self.url("create"), icon="plus", primary=True)
        return [source, new]


class NoticeCreate(NoticePage, RecordCreate[RecallNotice]):
    """A recall that the federation sends to every bank."""

    verb = "publish"
    form_class = CaseForm
    service = staticmethod(recall_publish)
    title = _("Publish a recall")
    lead = _("Every food bank gets a case at once, keeps back what matches, and tells its partners.")
    submit = _("Publish to every food bank")
    is_grave = True
    success = _("%(record)s: published.")


class NoticeDetail(NoticePage, RecordDetail[RecallNotice]):
    """One recall of the network: what it names, how far each bank is."""

    fields = (
        Column(label=_("Reference"), value="sheet_number"),
        Column(label=_("Version"), value="version", kind=Kind.NUMBER),
        Column(label=_("Source"), value="get_source_display"),
        Column(label=_("Published by"), value="published_by"),
        Column(label=_("Why"), value="motive"),
        Column(label=_("What to do"), value="advice"),
        Column(label=_("Brand"), value="brand"),
        Column(label=_("Distributors or donors"), value="distributors"),
        Column(label=_("Sold in"), value="zone"),
        Column(label=_("Published on"), value="published_on", kind=Kind.DAY),
        Column(label=_("Procedure ends on"), value="ends_on", kind=Kind.DAY),
        Column(label=_("Arrived here"), value="arrived_at", kind=Kind.MOMENT),
        Column(label=_("Notice"), value="link"),
    )

    def state(self, record: RecallNotice) -> Chip | None:
        """Say that an exercise is one."""
        return Chip(_("EXERCISE"), Tone.WARN) if record.is_exercise else None

    def panels(self, record: RecallNotice) -> list[Panel]:
        """Return the banks, then what is named."""
        return [_banks_panel(record), _named_panel(record)]

    def actions(self, record: RecallNotice, allowed: Abilities) -> list[Action]:
        """A recall that was published is not changed: a new one says more."""
        return []


def _standing(line: BankLine) -> Chip:
    if line.status is None:
        return Chip(_("Not reached yet"))
    standing = BankStanding(line.status.standing)
    return Chip(standing.label, TONES.get(standing, Tone.NEUTRAL))


def _banks_panel(notice: RecallNotice) -> Panel:
    return table_panel(
        _("Food banks"),
        columns=[
            Column(label=_("Food bank"), value="bank.name"),
            Column(label=_("State"), value=_standing),
            Column(label=_("Lots"), value="status.lot_count", kind=Kind.NUMBER),
            Column(label=_("To check"), value="status.to_check_count", kind=Kind.NUMBER),
            Column(label=_("Recalled"), value="status.matched_grams", kind=Kind.KG),
            Column(label=_("Kept back"), value="status.quarantined_grams", kind=Kind.KG),
            Column(label=_("Served"), value="status.served_grams", kind=Kind.KG),
            Column(label=_("Partners told"), value="status.told_count", kind=Kind.NUMBER),
            Column(label=_("Answered"), value="status.answered_count", kind=Kind.NUMBER),
        ],
        records=bank_lines_of(notice),
        empty=_("No food bank is at work."),
    )


def _named_panel(notice: RecallNotice) -> Panel:
    return table_panel(
        _("What is named"),
        columns=[
            Column(label=_("Barcode"), value=lambda group: group.get("gtin") or NOTHING),
            Column(label=_("Lot"), value=lambda group: group.get("lot_text") or NOTHING),
            Column(label=_("Date"), value=lambda group: group.get("date_text") or NOTHING),
            Column(label=_("Not understood"), value=lambda group: group.get("unread") or NOTHING),
        ],
        records=notice.groups,
        empty=_("No barcode, no lot, no date: only names, donors and days can be compared."),
    )


class SourcePage(RecordPage[NoticeRecord]):
    """What the pages of the public source share."""

    model = NoticeRecord
    urls = "federation_source"
    record_name = "record"
    abilities = staticmethod(alert_abilities)

    def records(self) -> QuerySet[NoticeRecord]:
        """Return every record as received."""
        return NoticeRecord.objects.all()


def troubles_of(record: NoticeRecord) -> str:
    """Return what was not understood, in words."""
    return " ".join(str(TROUBLE_LABELS.get(code, code)) for code in record.troubles)


class SourceList(SourcePage, RecordList[NoticeRecord]):
    """What the software did not understand of the public notices, and whether their source answers."""

    template_name = "federation/source.html"
    columns = (
        Column(label=_("Notice"), value=str),
        Column(label=_("Received"), value="received_at", kind=Kind.MOMENT, sort="received_at"),
        Column(label=_("State"), value="get_state_display", sort="state"),
        Column(label=_("Not understood"), value=troubles_of),
    )
    search_fields = ("sheet_number",)
    empty_text = _("Nothing to read: every notice was understood.")

    def records(self) -> QuerySet[NoticeRecord]:
        """Return the records that wait for a person."""
        return records_to_read()

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the reading that does not wait for the clock."""
        read = reverse("federation_source_read")
        return [Action(label=_("Read now"), url=read, icon="repeat")]

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> Any:
        """Add how the source answers."""
        state = source_state()
        said = moment(state.complete.started_at) if state.complete else NOTHING
        return super().page(status=status, template=template, source=state, last_complete=said, **context)


class SourceDetail(SourcePage, RecordDetail[NoticeRecord]):
    """One record as it was received."""

    fields = (
        Column(label=_("Notice"), value="sheet_number"),
        Column(label=_("Version"), value="version", kind=Kind.NUMBER),
        Column(label=_("Received"), value="received_at", kind=Kind.MOMENT),
        Column(label=_("State"), value="get_state_display"),
        Column(label=_("Not understood"), value=troubles_of),
        Column(label=_("Read by"), value="settled_by"),
    )

    def panels(self, record: NoticeRecord) -> list[Panel]:
        """Return the record itself."""
        raw = json.dumps(record.raw, ensure_ascii=False, indent=1)
        return [Panel(title=_("As received"), template="federation/raw.html", context={"raw": raw})]

    def actions(self, record: NoticeRecord, allowed: Abilities) -> list[Action]:
        """Return what is done with it: publish it by hand, or say it was read."""
        if record.state not in TO_READ:
            return []
        publish = Action(label=_("Publish a recall"), url=reverse("federation_recall_create"), icon="plus")
        settle = self.url("settle", record)
        return [publish, Action(label=_("I have read it"), url=settle, icon="check", primary=True)]


class SourceSettle(SourcePage, RecordAct[NoticeRecord]):
    """Says that a person has read a record."""

    verb = "settle"
    form_class = PlainForm
    service = staticmethod(record_settle)
    title = submit = _("I have read it")
    lead = _("Whatever it means for the food banks was published by hand.")
    success = _("%(record)s: read.")

    def success_url(self, record: NoticeRecord) -> str:
        """Return the list of what is still to read."""
        return self.url("list")


class SourceRead(SourcePage, RecordCreate[NoticeRecord]):
    """Reads the public source at once."""

    verb = "read_source"
    form_class = PlainForm
    title = submit = _("Read now")
    success = _("The public notices were read.")

    def perform(self, form: forms.BaseForm) -> NoticeReading:
        """Read them."""
        return source_read_now(self.request.actor)

    def success_url(self, record: Any) -> str:
        """Return what is to read."""
        return self.url("list")
