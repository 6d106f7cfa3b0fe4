"""The trace of a lot: drawn, as a table, as a file, and as EPCIS events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.impact.charts.lineage import Card, Thread, draw_lineage
from apps.impact.charts.svg import Heading, Table
from apps.kernel.abilities import require
from apps.kernel.display import day
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.errors import Text
from apps.kernel.quantity import format_kg
from apps.kernel.tables import Column, Kind, csv_response
from apps.stock.models import Lot
from apps.stock.states import LinkKind, MovementKind
from tenants.network.abilities import abilities
from tenants.network.epcis import document_of
from tenants.network.tracing import TRANSFER, Edge, NetworkTrace, Node, Step, trace_of_lot

EPCIS_TYPE: Final = "application/ld+json"
EDGE_LABELS: Final[dict[str, Text]] = {
    **dict(LinkKind.choices),
    TRANSFER: gettext_lazy("Sent to another bank"),
}
PAPERS: Final = {
    "receipt": "receiving_receipt_detail",
    "delivery_note": "delivery_note_detail",
    "batch": "workshop_batch_detail",
    TRANSFER: "network_transfer_detail",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trace as a table: a way in, out, or from lot to lot."""

    generation: int
    node: Node
    act: Text
    other: str
    number: str
    url: str
    day: Any
    grams: int


COLUMNS: Final = (
    Column(label=gettext_lazy("Lot"), value="node.lot.number"),
    Column(label=gettext_lazy("Goods"), value="node.lot.label"),
    Column(label=gettext_lazy("Food bank"), value="node.bank_label"),
    Column(label=gettext_lazy("Generation"), value="generation", kind=Kind.NUMBER),
    Column(label=gettext_lazy("What happened"), value="act"),
    Column(label=gettext_lazy("With"), value="other"),
    Column(label=gettext_lazy("Document"), value="number"),
    Column(label=gettext_lazy("Day"), value="day", kind=Kind.DAY),
    Column(label=gettext_lazy("Weight"), value="grams", kind=Kind.KG),
)


@reads
def lot_trace(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """Show where a lot came from and went; ``?format=csv`` and ``?format=epcis`` give it as files."""
    require(abilities(request.actor), "trace")
    lot = get_object_or_404(Lot, pk=lot_id)
    trace = trace_of_lot(request.actor, lot=lot)
    wanted = request.GET.get("format", "")
    if wanted == "csv":
        return csv_response(COLUMNS, lines_of(trace), name=f"trace-{lot.number}")
    if wanted == "epcis":
        body = msgspec.json.encode(document_of(request.bank, trace))
        named = {"Content-Disposition": f'attachment; filename="trace-{lot.number}.jsonld"'}
        return HttpResponse(body, content_type=EPCIS_TYPE, headers=named)
    lines = lines_of(trace)
    heading = Heading(
        name="trace", title=_("Trace of lot %(lot)s") % {"lot": lot.number}, finding=finding(trace)
    )
    table = Table(name="trace", title=heading.title, columns=COLUMNS, rows=lines)
    shown = {
        "lot": lot,
        "chart": heading,
        "drawings": draw_lineage(heading, cards=cards_of(trace), threads=threads_of(trace)),
        "table": table,
        "papers": [line for line in lines if line.url],
        "closed": trace.closed,
        "back_url": reverse("stock_lot_detail", args=[lot.pk]),
    }
    return render(request, "network/lot_trace.html", shown)


def finding(trace: NetworkTrace) -> str:
    """Return what the trace shows in one sentence."""
    lots, banks, partners = len(trace.nodes), len(trace.banks), trace.partner_count()
    given = sum(step.grams for step in trace.steps if step.kind == MovementKind.DELIVER)
    parts = {
        "lots": ngettext("%(count)s lot", "%(count)s lots", lots) % {"count": lots},
        "banks": ngettext("%(count)s food bank", "%(count)s food banks", banks) % {"count": banks},
        "partners": ngettext("%(count)s partner", "%(count)s partners", partners) % {"count": partners},
        "weight": format_kg(given),
    }
    if not given:
        return _("%(lots)s in %(banks)s; nothing was handed over yet.") % parts
    return _("%(lots)s in %(banks)s; %(weight)s were handed over to %(partners)s.") % parts


def cards_of(trace: NetworkTrace) -> list[Card]:
    """Return the lots as cards: number, goods, bank, who gave, who got."""
    cards = []
    for key, node in trace.nodes.items():
        lot = node.lot
        date = day(lot.expires_on) if lot.expires_on else ""
        words = [lot.number, lot.label, date or _("No date"), node.bank_label]
        words += [side for side in (_side(trace, node, came=True), _side(trace, node, came=False)) if side]
        url = reverse("stock_lot_detail", args=[lot.id]) if node.is_own else ""
        cards.append(
            Card(
                key=_name(key),
                row=node.generation,
                words=words,
                url=url,
                is_asked=key == trace.root,
                is_own=node.is_own,
            )
        )
    return cards


def _side(trace: NetworkTrace, node: Node, *, came: bool) -> str:
    """Return who gave goods of a lot, or who got them, in a few words."""
    steps = [step for step in trace.steps if step.lot == node.key and step.came == came]
    if not came:
        steps = [step for step in steps if step.kind == MovementKind.DELIVER]
    if not steps:
        return ""
    who = {step.party_label for step in steps if step.party_label}
    count = len(who) + sum(step.party_count for step in steps if not step.party_label)
    weight = format_kg(sum(step.grams for step in steps))
    if came and count == 1 and who:
        return _("%(weight)s from %(name)s") % {"name": who.pop(), "weight": weight}
    if came:
        said = ngettext("%(weight)s from %(count)s donor", "%(weight)s from %(count)s donors", count)
    else:
        said = ngettext("%(weight)s to %(count)s partner", "%(weight)s to %(count)s partners", count)
    return said % {"count": count, "weight": weight}


def threads_of(trace: NetworkTrace) -> list[Thread]:
    """Return the ways from lot to lot."""
    return [
        Thread(
            begin=_name(edge.parent),
            end=_name(edge.child),
            grams=edge.grams,
            told=f"{EDGE_LABELS[edge.kind]}, {format_kg(edge.grams)}, {day(edge.day)}",
        )
        for edge in trace.edges
    ]


def lines_of(trace: NetworkTrace) -> list[Line]:
    """Return the trace as lines, from the oldest generation to the last partner."""
    lines = [*_edge_lines(trace), *_step_lines(trace)]
    return sorted(lines, key=lambda line: (line.generation, line.node.lot.number, line.day, str(line.act)))


def _edge_lines(trace: NetworkTrace) -> Iterable[Line]:
    for edge in trace.edges:
        parent, child = trace.nodes[edge.parent], trace.nodes[edge.child]
        into = (
            f"→ {child.lot.number} ({child.bank_label})" if edge.kind == TRANSFER else f"→ {child.lot.number}"
        )
        yield Line(
            parent.generation, parent, EDGE_LABELS[edge.kind], into, edge.number, _edge_url(trace, edge),
            edge.day, edge.grams,
        )  # fmt: skip


def _edge_url(trace: NetworkTrace, edge: Edge) -> str:
    """Return the page of the batch or the transfer, where this bank has it."""
    is_ours = trace.nodes[edge.parent].is_own or trace.nodes[edge.child].is_own
    kind = TRANSFER if edge.kind == TRANSFER else "batch"
    return reverse(PAPERS[kind], args=[edge.document_id]) if is_ours and edge.document_id else ""


def _step_lines(trace: NetworkTrace) -> Iterable[Line]:
    for step in trace.steps:
        node = trace.nodes[step.lot]
        page = PAPERS.get(step.document_kind)
        url = reverse(page, args=[step.document_id]) if page and node.is_own and step.document_id else ""
        yield Line(
            node.generation, node, MovementKind(step.kind).label, _who(step), step.document_number, url,
            step.day, step.grams,
        )  # fmt: skip


def _who(step: Step) -> str:
    if step.party_label or not step.party_count:
        return step.party_label
    if step.came:
        return ngettext("%(count)s donor", "%(count)s donors", step.party_count) % {"count": step.party_count}
    return ngettext("%(count)s partner", "%(count)s partners", step.party_count) % {"count": step.party_count}


def _name(key: tuple[UUID, UUID]) -> str:
    return f"{key[0]}/{key[1]}"
