"""The report of a recall on paper: what happened when, which lots to the gram, who was told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.display import NOTHING, hour, paper_date, paper_day
from apps.kernel.history import history_of
from apps.kernel.papers import pdf_of
from apps.kernel.quantity import format_kg
from apps.kernel.telling import told
from apps.recalls.models import RecallCase, RecallReach
from apps.recalls.selectors import FoundLot, Grams, found_lots, period_in_words, reaches_of
from apps.recalls.states import NOT_CLEARANCE, TO_TELEPHONE, MatchState
from apps.sites.models import Letterhead
from apps.sites.papers import head_of, letterhead_parts, page_words

REPORT: Final = Path(__file__).parent / "report.typ"


def file_name(case: RecallCase) -> str:
    """Return the name under which a report is saved."""
    return f"{case.number}.pdf"


def report_pdf(case: RecallCase) -> bytes:
    """Return the report of a case as it stands now, as PDF; one that is closed is the closing report."""
    letterhead, pictures = letterhead_parts()
    found, reaches = found_lots(case), reaches_of(case)
    at = case.closed_at or clock.now()
    data = report_in_words(case, letterhead, found, reaches)
    return pdf_of(REPORT, data, title=str(data["title"]), at=at, pictures=pictures, archival=True)


def report_in_words(
    case: RecallCase, letterhead: Letterhead, found: Sequence[FoundLot], reaches: Sequence[RecallReach]
) -> dict[str, Any]:
    """Return what the template is handed: every word and number of the report."""
    ours = [each for each in found if each.match.state == MatchState.OURS]
    others = [each for each in found if each.match.state != MatchState.OURS]
    return {
        "head": head_of(letterhead),
        "words": {"page": page_words()},
        "title": _title(case),
        "exercise": _("EXERCISE: nothing was wrong with the goods.") if case.is_exercise else "",
        "facts": _facts(case),
        "careful": str(NOT_CLEARANCE) if not ours else _careful(),
        "sections": [
            {"title": _("Time line"), "heads": [_("When"), _("What"), _("Who")], "rows": _time_line(case)},
            _lots(ours),
            _decided(others),
            _partners(reaches),
        ],
        "conclusion-title": _("Conclusion"),
        "conclusion": case.conclusion,
        "signatures": [[_("Closed by"), case.closed_by or NOTHING], [_("Date"), _moment(case.closed_at)]],
    }


def _title(case: RecallCase) -> str:
    words = _("Report of recall %(number)s") if case.is_open else _("Closing report of recall %(number)s")
    return words % {"number": case.number}


def _careful() -> str:
    return _(
        "These are the lots found with these criteria. Other goods may be concerned that nobody could find:"
        " no match does not say that goods are safe."
    )


def _facts(case: RecallCase) -> list[list[str]]:
    named = [
        " · ".join(filter(None, [group.gtin, group.lot_text, group.date_text])) for group in case.groups.all()
    ]
    facts = [
        [_("Goods recalled"), case.title],
        [_("Source"), " · ".join(filter(None, [case.get_source_display(), case.reference, case.told_by]))],
        [_("Why"), case.motive],
        [_("What to do"), case.advice],
        [_("Named"), "; ".join(filter(None, named))],
        [_("Brand"), case.brand],
        [_("Distributors or donors"), case.distributors],
        [_("Given or sold"), period_in_words(case)],
        [_("Opened"), f"{_moment(case.opened_at)}, {case.opened_by}"],
    ]
    return [[label, value] for label, value in facts if value]


def _time_line(case: RecallCase) -> list[list[str]]:
    """Return what happened, the oldest first, as the history of the case tells it."""
    lines = (told(entry) for entry in history_of(case).order_by("at", "id"))
    return [
        [
            _moment(line.entry.at),
            " · ".join(filter(None, [str(line.label), line.entry.reason])),
            str(line.who),
        ]
        for line in lines
    ]


def _lots(found: Sequence[FoundLot]) -> dict[str, Any]:
    rows = [
        [
            f"{each.lot.number} {each.lot.label}",
            " · ".join(
                filter(None, [each.lot.supplier_lot, paper_date(each.lot.date_kind, each.lot.expires_on)])
            ),
            f"{each.match.get_rung_display()} – {each.why}",
            *_weights(each.grams),
        ]
        for each in found
    ]
    together = sum((each.grams for each in found), Grams())
    heads = [
        _("Lot"),
        _("Label"),
        _("Why"),
        _("Entered"),
        _("In stock"),
        _("Served"),
        _("Lost"),
        _("Sent on"),
    ]
    return {
        "title": _("Lots recalled"),
        "heads": heads,
        "rows": rows,
        "total": [_("Total"), "", "", *_weights(together)],
        "other": _("Taken by stock counts or the workshop: %(weight)s.")
        % {"weight": format_kg(together.other)}
        if together.other
        else "",
    }


def _weights(grams: Grams) -> list[str]:
    parts = (grams.entered, grams.in_stock, grams.served, grams.lost, grams.shipped)
    return [format_kg(part) for part in parts]


def _decided(found: Sequence[FoundLot]) -> dict[str, Any]:
    rows = [
        [
            f"{each.lot.number} {each.lot.label}",
            str(each.why),
            str(each.match.get_state_display()),
            " · ".join(filter(None, [each.match.decision, each.match.decided_by])),
        ]
        for each in found
    ]
    heads = [_("Lot"), _("Why"), _("State"), _("Decision")]
    return {"title": _("Other lots looked at"), "heads": heads, "rows": rows}


def _partners(reaches: Sequence[RecallReach]) -> dict[str, Any]:
    rows = [
        [
            reach.partner.name,
            str(TO_TELEPHONE if reach.is_to_telephone else reach.get_state_display()),
            format_kg(reach.served_grams),
            format_kg(reach.returned_grams),
            format_kg(reach.destroyed_grams),
            format_kg(reach.used_grams),
            " · ".join(filter(None, [_moment(reach.answered_at), reach.answered_by, reach.comment])),
        ]
        for reach in reaches
    ]
    heads = [_("Partner"), _("State"), _("Served"), _("Brought back"), _("Destroyed"), _("Used"), _("Answer")]
    return {"title": _("Partners served"), "heads": heads, "rows": rows}


def _moment(instant: Any) -> str:
    if instant is None:
        return ""
    return f"{paper_day(clock.day_of(instant))}, {hour(instant)}"
