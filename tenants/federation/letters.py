"""The monthly report as a letter: words for every reader, charts as pictures that say their finding."""

from dataclasses import dataclass
from email.mime.image import MIMEImage
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.impact.charts.bank import bank_report
from apps.impact.charts.over_time import Step
from apps.impact.charts.papers import chart_png
from apps.impact.charts.reports import Report, in_words
from apps.impact.charts.svg import Chart, Table
from apps.impact.rules.periods import Period
from apps.kernel.scope import ScopeKind, current_scope
from tenants.accounts.addresses import Entry
from tenants.federation.boards import network_report
from tenants.federation.models import ReportSubscription
from tenants.federation.reporting import stop_word

SHOWN: Final = ("flows", "split", "map", "surplus")
"""The charts of a letter; the report on paper has all of them."""
ROWS: Final = 31
"""Lines of a table in a letter; the page has all of them."""

MOST_COLUMNS: Final = 3


class IllustratedMail(EmailMultiAlternatives):
    """A mail whose pictures belong to its text, so that they are shown in it and not as files."""

    mixed_subtype = "related"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One chart of a letter, its figures in words, and its picture (``None``: nothing to draw)."""

    chart: Chart
    headings: list[str]
    rows: list[list[str]]
    hidden: int
    cid: str = ""
    png: bytes | None = None

    @property
    def is_wide(self) -> bool:
        """Tell whether a phone has no room for the table: its rows are then lines of text."""
        return len(self.headings) > MOST_COLUMNS

    @property
    def lines(self) -> list[str]:
        """The figures as lines of a text: ``22 March: Received 40 kg, Handed over 20 kg``."""
        return [_line(self.headings, row) for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter ready to be sent."""

    subject: str
    text: str
    html: str
    pieces: list[Piece]
    stop_url: str


def report_here(period: Period) -> Report:
    """Return the report of the open space: of the network at the federation, else of the bank."""
    is_network = current_scope().kind is ScopeKind.FEDERATION
    return network_report(period) if is_network else bank_report(period)


def letter_context(report: Report, *, with_pictures: bool) -> dict[str, object]:
    """Return what a letter shows of a report."""
    charts = [chart for chart in report.charts if chart.name in SHOWN]
    pieces = [_piece(chart, with_picture=with_pictures) for chart in charts]
    return {"report": report, "pieces": pieces, "place": current_scope().bank_name}


def letter_of(subscription: ReportSubscription, period: Period) -> Letter:
    """Write the letter of a period in the open space and in the language that is set."""
    context = letter_context(report_here(period), with_pictures=True)
    entry = Entry(scheme=subscription.scheme, port=subscription.port)
    urlconf = settings.FEDERATION_URLCONF if not subscription.bank.has_schema else settings.ROOT_URLCONF
    figures = reverse(
        "home" if not subscription.bank.has_schema else "impact_indicator_list", urlconf=urlconf
    )
    stop = reverse("report_stop", args=[stop_word(subscription)], urlconf=urlconf)
    context["figures_url"] = entry.address(
        subscription.bank, f"{figures}?span=month&day={period.since:%Y-%m-%d}"
    )
    context["stop_url"] = stop_url = entry.address(subscription.bank, stop)
    pieces: list[Piece] = context["pieces"]  # type: ignore[assignment]
    return Letter(
        subject=subject_of(context),
        text=render_to_string("federation/mail/report.txt", context),
        html=render_to_string("federation/mail/report.html", context),
        pieces=pieces,
        stop_url=stop_url,
    )


def subject_of(context: dict[str, object]) -> str:
    """Return the subject of a letter: whose figures, of what month."""
    report = context["report"]
    return _("%(place)s: figures of %(period)s") % {
        "place": context["place"],
        "period": getattr(report, "period_name", ""),
    }


def letter_send(letter: Letter, *, to: str) -> None:
    """Send a letter: words first, the same with pictures beside, one click to stop in the mail program."""
    headers = {
        "List-Unsubscribe": f"<{letter.stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = IllustratedMail(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    for piece in letter.pieces:
        if piece.png is not None:
            picture = MIMEImage(piece.png, "png")
            picture.add_header("Content-ID", f"<{piece.cid}>")
            picture.add_header("Content-Disposition", "inline", filename=f"{piece.chart.name}.png")
            mail.attach(picture)
    mail.send()


def _line(headings: list[str], row: list[str]) -> str:
    cells = [f"{heading} {cell}" for heading, cell in zip(headings[1:], row[1:], strict=True)]
    return _("%(name)s: %(value)s") % {"name": row[0], "value": ", ".join(cells)}


def _piece(chart: Chart, *, with_picture: bool) -> Piece:
    told = [row for row in chart.rows if not isinstance(row, Step) or any(row.grams)]
    shortened = Table(name=chart.name, title=chart.title, columns=chart.columns, rows=told[:ROWS])
    headings, rows = in_words(shortened)
    return Piece(
        chart=chart,
        headings=headings,
        rows=rows,
        hidden=max(len(told) - ROWS, 0),
        cid=f"{chart.name}@collecto",
        png=chart_png(chart) if with_picture and chart.drawings else None,
    )
