"""The report on paper, and a chart as a picture: the same drawings as the page, with their findings."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.impact.charts.reports import Report, in_words
from apps.impact.charts.svg import Chart, Table
from apps.impact.states import UNIT_LABELS, Definition, Reading
from apps.kernel.papers import Picture, pdf_of, png_of

TEMPLATES: Final = Path(__file__).parents[1] / "papers"
MOST_ROWS: Final = 120
"""Lines of one table on paper; the file of the page has all of them."""
MAP_PERCENT: Final = 75
"""How wide the map stands on paper; the other charts take the whole width."""
SHARP: Final = 160
"""Points per inch of a picture in a mail: two for each unit of the drawing."""


def report_pdf(report: Report, *, place: str, at: dt.datetime) -> bytes:
    """Return a report as an accessible PDF: charts with their finding as words, tables, definitions."""
    pictures = {chart.name: _picture(chart, chart.drawings[0]) for chart in report.charts if chart.drawings}
    return pdf_of(
        TEMPLATES / "report.typ", _data(report, place), title=_title(report), at=at, pictures=pictures
    )


def chart_png(chart: Chart) -> bytes:
    """Return the drawing for a phone as a PNG, twice as sharp as its units."""
    picture = _picture(chart, chart.drawings[1])
    title = str(chart.title)
    return png_of(TEMPLATES / "chart.typ", {}, title=title, pictures={"chart": picture}, ppi=SHARP)[0]


def _title(report: Report) -> str:
    return _("Figures of %(period)s") % {"period": report.period_name}


def _picture(chart: Chart, drawing: str) -> Picture:
    return Picture(drawing.encode(), "svg", f"{chart.title}. {chart.finding}")


def _data(report: Report, place: str) -> dict[str, Any]:
    return {
        "title": _title(report),
        "place": place if place == str(report.title) else f"{place}, {report.title}",
        "period": report.period_name,
        "compared": _("Compared with %(period)s.") % {"period": report.before_name},
        "read": _("Data of %(moment)s.") % {"moment": report.read_at},
        "words": {
            "readings": _("Key figures"),
            "definitions": _("How it is computed"),
            "nothing": _("Nothing in this period."),
        },
        "readings": _readings(report.readings),
        "charts": [_chart(chart, report) for chart in report.charts],
        "tables": [{"title": piece.title, "table": _table(piece)} for piece in report.tables],
        "definitions": [_definition(reading.definition) for reading in report.readings],
    }


def _readings(readings: Any) -> dict[str, Any]:
    rows = [_reading(reading) for reading in readings]
    headings = [_("Indicator"), _("Value"), _("Before"), _("Comparison")]
    return {"headings": headings, "rows": rows, "right": [1, 2], "hidden": ""}


def _reading(reading: Reading) -> list[str]:
    return [str(reading.definition.name), reading.shown, reading.shown_before, reading.comparison]


def _definition(definition: Definition) -> dict[str, Any]:
    words = _("Source: %(source)s. Definition, version %(version)s.")
    return {
        "name": definition.name,
        "formula": definition.formula,
        "unit": UNIT_LABELS[definition.unit],
        "source": words % {"source": definition.source, "version": definition.version},
    }


def _chart(chart: Chart, report: Report) -> dict[str, Any]:
    source = _("Source: %(source)s.") % {"source": chart.source}
    return {
        "title": chart.title,
        "finding": chart.finding,
        "note": f"{chart.unit}, {report.period_name}. {source}",
        "picture": chart.name if chart.drawings else "",
        "width": MAP_PERCENT if chart.kind == "map" else 100,
        "table": _table(chart),
    }


def _table(table: Table) -> dict[str, Any] | None:
    headings, rows = in_words(table)
    if not rows:
        return None
    hidden = len(rows) - MOST_ROWS
    return {
        "headings": headings,
        "rows": rows[:MOST_ROWS],
        "right": [number for number, column in enumerate(table.columns) if column.is_numeric],
        "hidden": _("Lines left out here: %(count)s. The file of the page has them all.") % {"count": hidden}
        if hidden > 0
        else "",
    }
