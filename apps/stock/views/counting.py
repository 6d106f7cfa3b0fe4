"""Pages of counting: sheets, one line at a time on a phone, differences to decide, their limits."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone, moment
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import Action, Column, Kind, Panel, RecordAct, RecordCreate, RecordDetail, RecordList
from apps.kernel.pages.panels import table_panel
from apps.kernel.templatetags.collecto import both
from apps.stock import services
from apps.stock.abilities import abilities
from apps.stock.forms import FindForm, FoundForm, LineForm, SheetForm
from apps.stock.models import CountLine, CountSheet, Lot
from apps.stock.selectors import (
    CountReport,
    grams_at,
    is_done,
    latest_of,
    lines_of_sheet,
    lots_meant,
    next_line,
    report_of,
    sheets_with_counts,
)
from apps.stock.states import SheetStatus
from apps.stock.views.deciding import entry_acts
from apps.stock.views.shown import count_told, entry_state, lot_date, signed_kg


def sheet_state(sheet: CountSheet) -> Chip:
    """Return whether a sheet still takes counts."""
    tone = Tone.INFO if sheet.status == SheetStatus.OPEN else Tone.NEUTRAL
    return Chip(sheet.get_status_display(), tone)


def scope_of(sheet: CountSheet) -> str:
    """Return what a sheet is about: locations, family."""
    return " · ".join(filter(None, [", ".join(sheet.location_codes), str(sheet.family or "")]))


def expected(line: CountLine) -> str:
    """Return what the books held when a line was counted; of a blind sheet nothing before."""
    latest = latest_of(line)
    return "" if latest is None else both(latest.book_grams, line.lot)


def found(line: CountLine) -> str:
    """Return what was found, in kg and in units."""
    latest = latest_of(line)
    return "" if latest is None else both(latest.counted_grams, line.lot)


def difference(line: CountLine) -> str:
    """Return the difference with its sign."""
    latest = latest_of(line)
    return "" if latest is None else signed_kg(latest.difference_grams)


def line_state(line: CountLine) -> Chip:
    """Return what became of a line."""
    latest = latest_of(line)
    return Chip(_("To count")) if latest is None else entry_state(latest)


def line_note(line: CountLine) -> str:
    """Return who counted a line and when, or that nobody expected it there."""
    latest = latest_of(line)
    said = "" if line.is_listed else _("Not on the list")
    who = f"{latest.counted_by_label}, {moment(latest.counted_at)}" if latest else ""
    return " · ".join(filter(None, [said, who]))


LINE_COLUMNS = (
    Column(
        label=gettext_lazy("Goods"),
        value="lot.label",
        note=Column(label=gettext_lazy("Lot"), value="lot.number"),
    ),
    Column(label=gettext_lazy("Location"), value="location"),
    Column(label=gettext_lazy("Expected"), value=expected),
    Column(label=gettext_lazy("Found"), value=found),
    Column(label=gettext_lazy("Difference"), value=difference),
    Column(
        label=gettext_lazy("State"),
        value=line_state,
        note=Column(label=gettext_lazy("Counted by"), value=line_note),
    ),
)


class SheetPage:
    """What the pages of a count sheet share."""

    model = CountSheet
    urls = "stock_sheet"
    abilities = staticmethod(abilities)
    record_name = "sheet"

    def records(self) -> QuerySet[CountSheet]:
        """Return the sheets with how far they are."""
        return sheets_with_counts()


class SheetList(SheetPage, RecordList[CountSheet]):
    """The count sheets, newest first."""

    columns = (
        Column(
            label=gettext_lazy("Number"),
            value="number",
            sort="number",
            note=Column(label=gettext_lazy("Opened by"), value="opened_by_label"),
        ),
        Column(
            label=gettext_lazy("Site"),
            value="site.name",
            note=Column(label=gettext_lazy("Part"), value=scope_of),
        ),
        Column(label=gettext_lazy("State"), value=sheet_state, sort="status"),
        Column(label=gettext_lazy("Lines"), value="line_count", kind=Kind.NUMBER),
        Column(label=gettext_lazy("Counted"), value="counted_count", kind=Kind.NUMBER),
        Column(label=gettext_lazy("To approve"), value="waiting_count", kind=Kind.NUMBER),
        Column(label=gettext_lazy("Opened"), value="created_at", kind=Kind.MOMENT, sort="created_at"),
    )
    search_fields = ("number", "site__name", "family__name", "opened_by_label")
    ordering = ("-created_at",)
    lead = gettext_lazy(
        "Orders go on while you count: a count is compared with the books of its own instant."
    )
    empty_text = gettext_lazy("Nothing was counted yet. Open a count of a site, a location or a family.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new sheet, to what waits, and to the limits."""
        offered = [
            (
                "limit_counts",
                Action(label=_("Limits"), url=reverse("stock_limits"), icon="sliders-horizontal"),
            ),
            ("count", Action(label=_("To decide"), url=reverse("stock_entry_list"), icon="scale")),
            (
                "open_count",
                Action(label=_("Open a count"), url=self.url("create"), icon="plus", primary=True),
            ),
        ]
        return [action for verb, action in offered if verb in allowed]


class SheetCreate(SheetPage, RecordCreate[CountSheet]):
    """Opens a count."""

    verb = "open_count"
    title = gettext_lazy("Open a count")
    lead = gettext_lazy("The list is what the books hold there now. What else you find is added as you go.")
    submit = gettext_lazy("Open")
    form_class = SheetForm
    service = staticmethod(services.sheet_open)
    success = gettext_lazy("Count %(record)s is open.")

    def initial(self) -> dict[str, Any]:
        """Return what the address names; locations may be several."""
        return self.request.GET.dict() | {"locations": self.request.GET.getlist("locations")}


class SheetDetail(SheetPage, RecordDetail[CountSheet]):
    """A count: what is left to look at, what was found, the report of the differences."""

    template_name = "stock/sheet.html"
    fields = (
        Column(label=gettext_lazy("Site"), value="site.name"),
        Column(label=gettext_lazy("Locations"), value=lambda sheet: ", ".join(sheet.location_codes)),
        Column(label=gettext_lazy("Family"), value="family.name"),
        Column(label=gettext_lazy("Blind count"), value="is_blind", kind=Kind.YES_NO),
        Column(label=gettext_lazy("Opened by"), value="opened_by_label"),
        Column(label=gettext_lazy("Opened"), value="created_at", kind=Kind.MOMENT),
        Column(label=gettext_lazy("Closed by"), value="closed_by_label"),
        Column(label=gettext_lazy("Closed"), value="closed_at", kind=Kind.MOMENT),
    )

    @cached_property
    def lines(self) -> list[CountLine]:
        """The lines in the order of the walk."""
        return lines_of_sheet(self.record)

    def state(self, record: CountSheet) -> Chip:
        """Return whether it still takes counts."""
        return sheet_state(record)

    def actions(self, record: CountSheet, allowed: Abilities) -> list[Action]:
        """Return closing, finding by a code, and the next line to count."""
        if record.status == SheetStatus.CLOSED:
            return []
        buttons = []
        if "close_count" in allowed:
            buttons.append(Action(label=_("Close"), url=self.url("close", record), icon="check"))
        if "count" in allowed:
            buttons.append(Action(label=_("Find or scan"), url=self.url("find", record), icon="scan-line"))
            left = next((line for line in self.lines if not is_done(line)), None)
            if left is not None:
                url = reverse("stock_line_count", args=[left.pk])
                buttons.append(Action(label=_("Count"), url=url, icon="clipboard-check", primary=True))
        return buttons

    def panels(self, record: CountSheet) -> list[Panel]:
        """Return the report, and the lines, those with a difference to decide at hand."""
        is_open = record.status == SheetStatus.OPEN and "count" in self.allowed
        return [
            Panel(title=_("Result"), template="stock/count_report.html", context={"report": self.report}),
            table_panel(
                _("Lines"),
                columns=LINE_COLUMNS,
                records=self.lines,
                empty=_("Nothing on the list: what you find is added."),
                url_of=(lambda line: reverse("stock_line_count", args=[line.pk])) if is_open else None,
                name_of=lambda line: f"{line.lot.number}, {line.location}",
                acts_of=self.line_acts,
            ),
        ]

    @cached_property
    def report(self) -> CountReport:
        """What was found, in sum."""
        return report_of(self.lines)

    def line_acts(self, line: CountLine) -> list[Action]:
        """Return what can be decided about the latest count of a line."""
        latest = latest_of(line)
        return [] if latest is None else entry_acts(latest, self.allowed)


class SheetClose(SheetPage, RecordAct[CountSheet]):
    """Closes a count."""

    verb = "close_count"
    title = gettext_lazy("Close the count")
    lead = gettext_lazy("Lines that nobody counted stay as the books have them; the report names them.")
    submit = gettext_lazy("Close")
    form_class = forms.Form
    service = staticmethod(services.sheet_close)
    success = gettext_lazy("Count %(record)s is closed.")


class SheetFind(SheetPage, RecordAct[CountSheet]):
    """Jumps to a line by a code, a number or a name; what is not on the list can be added."""

    verb = "count"
    template_name = "stock/sheet_find.html"
    title = gettext_lazy("Find or scan")
    submit = gettext_lazy("Find")
    form_class = FindForm

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show what a code means, or go there when it is one line."""
        asked = request.GET.get("q", "")
        return self.matches(asked) if asked else self.shown(self.form())

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Read the photograph or what was typed."""
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.shown(form, status=422)
        query = urlencode({"q": form.cleaned_data["q"]})
        return HttpResponseRedirect(f"{self.url('find', self.record)}?{query}")

    def matches(self, asked: str) -> HttpResponse:
        """Go to the one line that a code means; else show the lines and the lots."""
        lots = lots_meant(asked)
        here = {lot.pk for lot in lots}
        lines = [line for line in lines_of_sheet(self.record) if line.lot_id in here]
        if len(lines) == 1:
            return HttpResponseRedirect(reverse("stock_line_count", args=[lines[0].pk]))
        return self.page(
            title=self.title,
            form=FindForm(initial={"q": asked}, label_suffix=""),
            submit=self.submit,
            back_url=self.back_url(),
            asked=asked,
            lines=lines,
            lots=lots,
            found_url=self.url("found", self.record),
        )


class SheetFound(SheetPage, RecordAct[CountSheet]):
    """Counts a lot where nobody expected it."""

    verb = "count"
    title = gettext_lazy("Found, not on the list")
    submit = gettext_lazy("Record the count")

    @cached_property
    def meant(self) -> Lot | None:
        """The lot that the address or the form names, if it is one."""
        asked = self.request.POST.get("lot") or self.request.GET.get("lot", "")
        found = lots_meant(asked[:200])
        return found[0] if len(found) == 1 else None

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the units of the lot and the locations of the site."""
        known = {"lot": self.meant.number} if self.meant else {}
        return FoundForm(data, initial=known, meant=self.meant, sheet=self.record, label_suffix="")

    def perform(self, form: forms.BaseForm) -> CountSheet:
        """Record the count."""
        self.entry = services.stock_count(self.request.actor, sheet=self.record, **form.cleaned_data)
        return self.record

    def said(self, record: CountSheet) -> str:
        """Say what became of the difference."""
        return f"{self.entry.lot.label}: {count_told(self.entry)}"


class LineCount(RecordAct[CountLine]):
    """One line on a phone: what is there, one number to enter, then the next line."""

    model = CountLine
    urls = "stock_line"
    abilities = staticmethod(abilities)
    verb = "count"
    template_name = "stock/line_count.html"
    submit = gettext_lazy("Record and go on")

    def records(self) -> QuerySet[CountLine]:
        """Return the lines with sheet, lot and location."""
        return CountLine.objects.select_related(
            "sheet__site", "lot__product", "lot__family", "location__site"
        )

    def url(self, page: str, record: CountLine | None = None) -> str:
        """Return the address of the sheets, or of a page of the line."""
        return reverse("stock_sheet_list") if page == "list" else super().url(page, record)

    @property
    def title(self) -> str:  # type: ignore[override]
        """Name the goods."""
        return self.record.lot.label

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the units of the goods."""
        return LineForm(data, lot=self.record.lot, label_suffix="")

    def shown(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        """Show the line; what the books hold only when the count is not blind."""
        line = self.record
        lines = lines_of_sheet(line.sheet)
        held = None if line.sheet.is_blind else grams_at(line.lot, line.location)
        counts = list(line.entries.order_by("-counted_at", "-id"))
        return self.page(
            status=status,
            title=self.title,
            form=form,
            submit=self.submit,
            back_url=self.back_url(),
            line=line,
            lot_date=lot_date(line.lot),
            books=both(held.grams, line.lot) if held else "",
            left=sum(not is_done(each) for each in lines),
            total=len(lines),
            done=sum(is_done(each) for each in lines),
            counts=[(entry, both(entry.counted_grams, line.lot), entry_state(entry)) for entry in counts],
        )

    def perform(self, form: forms.BaseForm) -> CountLine:
        """Record the count."""
        line = self.record
        self.entry = services.stock_count(
            self.request.actor, lot=line.lot, location=line.location, sheet=line.sheet, **form.cleaned_data
        )
        return line

    def said(self, record: CountLine) -> str:
        """Say what became of the difference."""
        return f"{record.lot.label}: {count_told(self.entry)}"

    def success_url(self, record: CountLine) -> str:
        """Return the next line to count, or the sheet once all are."""
        left = next_line(record.sheet, after=record.position)
        return reverse("stock_line_count", args=[left.pk]) if left else self.back_url()

    def back_url(self) -> str:
        """Return the sheet."""
        return reverse("stock_sheet_detail", args=[self.record.sheet_id])
