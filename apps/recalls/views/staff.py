"""Pages of the bank: its recalls, one case with everything about it, and what is done there."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest
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
)
from apps.kernel.pages.pdf import pdf_response
from apps.orders.abilities import abilities as order_abilities
from apps.recalls.abilities import abilities
from apps.recalls.forms import AnswerForm, CaseFilter, CaseForm, CloseForm, PlainForm, ReasonForm
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.recalls.papers import file_name, report_pdf
from apps.recalls.selectors import (
    cases_visible_to,
    found_lots,
    frozen_of,
    period_in_words,
    reaches_of,
    reaches_visible_to,
)
from apps.recalls.services import (
    answer_record,
    case_close,
    case_open,
    case_search,
    match_confirm,
    match_dismiss,
    reach_explain,
    reach_remind,
)
from apps.recalls.states import MatchState
from apps.recalls.views.chips import case_chip
from apps.recalls.views.panels import lots_panels, named_panel, orders_panel, partners_panel


class CasePage(RecordPage[RecallCase]):
    """What the pages of a case share."""

    model = RecallCase
    urls = "recalls_case"
    record_name = "case"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[RecallCase]:
        """Return the cases with their numbers."""
        return cases_visible_to(self.request.actor)


def title_of(case: RecallCase) -> str:
    """Return what is recalled; an exercise says so first."""
    return f"{_('EXERCISE')} · {case.title}" if case.is_exercise else case.title


class CaseList(CasePage, RecordList[RecallCase]):
    """The recalls of the bank, newest first."""

    columns = (
        Column(label=_("Goods recalled"), value=title_of, note=Column(label=_("Number"), value="number")),
        Column(
            label=_("Source"),
            value="get_source_display",
            sort="source",
            note=Column(label=_("Reference"), value="reference"),
        ),
        Column(label=_("Opened"), value="opened_at", kind=Kind.MOMENT, sort="opened_at"),
        Column(label=_("State"), value=case_chip, sort="state"),
        Column(label=_("Lots recalled"), value="lot_count", kind=Kind.NUMBER, sort="lot_count"),
        Column(label=_("To check"), value="to_check_count", kind=Kind.NUMBER, sort="to_check_count"),
        Column(label=_("Partners"), value="partner_count", kind=Kind.NUMBER, sort="partner_count"),
        Column(label=_("Without answer"), value="waiting_count", kind=Kind.NUMBER, sort="waiting_count"),
    )
    search_fields = ("number", "title", "brand", "reference", "groups__gtin", "matches__lot__number")
    filters = CaseFilter
    empty_text = _("No recall so far. This does not say that everything on the shelves is safe.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new recall, for whoever may open one."""
        if "open" not in allowed:
            return []
        return [Action(label=_("Open a recall"), url=self.url("create"), icon="plus", primary=True)]


class CaseCreate(CasePage, RecordCreate[RecallCase]):
    """A recall of a supplier, of a donor, of the bank itself."""

    verb = "open"
    form_class = CaseForm
    service = staticmethod(case_open)
    title = _("Open a recall")
    lead = _(
        "What matches for sure is blocked and quarantined at once, its orders are frozen, the partners served"
        " are told. What is not sure is put before you."
    )
    submit = _("Open the recall")
    is_grave = True
    success = _("%(record)s: opened.")


class CaseDetail(CasePage, RecordDetail[RecallCase]):
    """One case: what is named, lots found and why, orders frozen, partners and answers, its time line."""

    fields = (
        Column(label=_("Number"), value="number"),
        Column(label=_("Source"), value="get_source_display"),
        Column(label=_("Reference"), value="reference"),
        Column(label=_("Told by"), value="told_by"),
        Column(label=_("Why"), value="motive"),
        Column(label=_("What to do"), value="advice"),
        Column(label=_("Brand"), value="brand"),
        Column(label=_("Distributors or donors"), value="distributors"),
        Column(label=_("Given or sold"), value=period_in_words),
        Column(label=_("Published on"), value="published_on", kind=Kind.DAY),
        Column(label=_("Opened"), value="opened_at", kind=Kind.MOMENT),
        Column(label=_("Lots searched"), value="searched_at", kind=Kind.MOMENT),
        Column(label=_("Lots kept back"), value="kept_back_at", kind=Kind.MOMENT),
        Column(label=_("Partners told"), value="told_at", kind=Kind.MOMENT),
        Column(label=_("Closed"), value="closed_at", kind=Kind.MOMENT),
        Column(label=_("Conclusion"), value="conclusion"),
    )

    def state(self, record: RecallCase) -> Chip:
        """Return the state of the case."""
        return case_chip(record)

    def panels(self, record: RecallCase) -> list[Panel]:
        """Return everything about the case, what asks for a decision first."""
        found = found_lots(record)
        ours = [each.match.lot_id for each in found if each.match.state == MatchState.OURS]
        reaches = reaches_of(record)
        may_revise = record.is_open and "revise" in order_abilities(self.request.actor)
        careful = Panel(
            title=_("Careful"),
            template="recalls/parts/careful.html",
            context={"case": record, "found": bool(found)},
        )
        return [
            careful,
            *lots_panels(record, found, self.allowed),
            orders_panel(frozen_of(ours), may_revise=may_revise),
            partners_panel(record, reaches, self.allowed),
            named_panel(record.groups.all()),
        ]

    def actions(self, record: RecallCase, allowed: Abilities) -> list[Action]:
        """Return the closing report, the search, the closing."""
        report = Action(label=_("Report (PDF)"), url=self.url("pdf", record), icon="file-text")
        found = [report]
        if record.is_open and "search" in allowed:
            found.append(Action(label=_("Search again"), url=self.url("search", record), icon="search"))
        if record.is_open and "close" in allowed:
            close = _("Close the recall")
            found.append(Action(label=close, url=self.url("close", record), icon="check", primary=True))
        return found


class CaseSearch(CasePage, RecordAct[RecallCase]):
    """Searches all lots again."""

    verb = "search"
    form_class = PlainForm
    service = staticmethod(case_search)
    title = submit = _("Search again")
    lead = _("Lots that came in or changed are found. What you decided stays.")
    success = _("%(record)s: searched again.")


class CaseClose(CasePage, RecordAct[RecallCase]):
    """Closes a case with its conclusion."""

    verb = "close"
    form_class = CloseForm
    service = staticmethod(case_close)
    title = _("Close the recall?")
    submit = _("Close the recall")
    lead = _("Every lot must be decided, no order frozen, every partner answered or explained.")
    success = _("%(record)s: closed.")


class CasePaper(CasePage, RecordDetail[RecallCase]):
    """The report as a PDF: time line, lots to the gram, partners, conclusion."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Send the PDF, for the browser to show."""
        return pdf_response(report_pdf(self.record), name=file_name(self.record))


class MatchAct(RecordAct[RecallMatch]):
    """What the decisions about a lot share."""

    model = RecallMatch
    urls = "recalls_case"
    record_name = "match"
    abilities = staticmethod(abilities)
    form_class = ReasonForm
    verb = "decide"

    def records(self) -> QuerySet[RecallMatch]:
        """Return the lots found."""
        return RecallMatch.objects.select_related("lot", "case")

    def success_url(self, record: RecallMatch) -> str:
        """Return the page of the case."""
        return reverse("recalls_case_detail", args=[record.case_id])

    def back_url(self) -> str:
        """Return the page of the case."""
        return self.success_url(self.record)


class MatchConfirm(MatchAct):
    """Says that a lot is recalled."""

    title = submit = _("This lot is recalled")
    lead = _("It is blocked and quarantined at once, its orders are frozen, the partners served are told.")
    is_grave = True
    service = staticmethod(match_confirm)
    success = _("Lot %(record)s is kept back.")


class MatchDismiss(MatchAct):
    """Says that a lot is not concerned, or releases it."""

    title = submit = _("This lot is not concerned")
    lead = _("If it was kept back for this recall alone it may leave again, and its orders with it.")
    service = staticmethod(match_dismiss)
    success = _("Lot %(record)s: not concerned.")


class ReachAct(RecordAct[RecallReach]):
    """What the acts about a partner served share."""

    model = RecallReach
    urls = "recalls_case"
    record_name = "reach"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[RecallReach]:
        """Return the partners served in reach."""
        return reaches_visible_to(self.request.actor)

    def success_url(self, record: RecallReach) -> str:
        """Return the page of the case."""
        return reverse("recalls_case_detail", args=[record.case_id])

    def back_url(self) -> str:
        """Return the page of the case."""
        return self.success_url(self.record)


class ReachPhone(ReachAct):
    """Writes what a partner says on the telephone."""

    verb = "record_answer"
    form_class = AnswerForm
    service = staticmethod(answer_record)
    title = _("Answer by telephone")
    submit = _("Record the answer")
    success = _("%(record)s: the answer is recorded.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form."""
        return AnswerForm(data)


class ReachExplain(ReachAct):
    """Says why a partner does not answer."""

    verb = "explain"
    form_class = ReasonForm
    service = staticmethod(reach_explain)
    title = _("Explain why there is no answer")
    lead = _("What you know of the goods, and from whom. It stands in the closing report.")
    submit = _("Write it down")
    success = _("%(record)s: explained.")


class ReachRemind(ReachAct):
    """Tells a partner again."""

    verb = "remind"
    form_class = PlainForm
    service = staticmethod(reach_remind)
    title = submit = _("Remind the partner")
    lead = _("The message goes once more to its e-mail. Without an answer it goes by itself every day.")
    success = _("%(record)s: reminded.")
