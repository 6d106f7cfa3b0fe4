"""A trace as EPCIS 2.0 events (JSON-LD), for whoever follows goods with software of their own.

Own lots are told movement by movement; of lots of sister banks only how they were made and handed on, without
names. A lot is a GS1 Digital Link where its product has a GTIN and the label a lot number, else a name under
the bank's own host. What was reversed stays, followed by the same event with its error declaration.
Source: GS1, EPCIS standard 2.0 §7.4 and core business vocabulary 2.0 §7.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.stock.models import Pallet
from apps.stock.selectors.chronicle import Chronicle, Happening, chronicle_of
from apps.stock.selectors.lineage import KinLot
from apps.stock.states import MovementKind
from tenants.network.tracing import TRANSFER, Edge, Key, NetworkTrace
from tenants.registry.models import FoodBank

CONTEXT: Final = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"collecto": "urn:x-collecto:epcis:"},
]
GRAMS_PER_KG: Final = 1000
Event = dict[str, Any]

STEPS: Final = {
    MovementKind.RECEIVE: ("OBSERVE", "receiving", "in_progress"),
    MovementKind.ARRIVE: ("OBSERVE", "receiving", "in_progress"),
    MovementKind.RETURN: ("OBSERVE", "receiving", "returned"),
    MovementKind.DELIVER: ("OBSERVE", "shipping", "in_transit"),
    MovementKind.SHIP: ("OBSERVE", "shipping", "in_transit"),
    MovementKind.LOSE: ("DELETE", "destroying", "destroyed"),
    MovementKind.PRODUCE: ("ADD", "commissioning", "active"),
}
"""Action, business step and disposition of each kind of movement."""
BIRTHS: Final = frozenset({MovementKind.RECEIVE, MovementKind.ARRIVE, MovementKind.PRODUCE})
PAPERS: Final = {"receipt": "recadv", "delivery_note": "desadv", "transfer": "desadv", "batch": "prodorder"}
DATES: Final = {DateKind.USE_BY: "cbvmda:itemExpirationDate", DateKind.BEST_BEFORE: "cbvmda:bestBeforeDate"}


def document_of(bank: FoodBank, trace: NetworkTrace) -> dict[str, Any]:
    """Return the EPCIS document of a trace, its events by time. Called in the scope of its own bank."""
    own = [node.lot.id for node in trace.nodes.values() if node.is_own]
    writer = _Writer(bank.host, trace, chronicle_of(own))
    events = sorted(writer.events(), key=lambda event: (event["eventTime"], event["eventID"]))
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _instant(clock.now()),
        "epcisBody": {"eventList": events},
    }


def class_of(host: str, bank_id: UUID, lot: KinLot) -> str:
    """Return what a lot is called: a Digital Link by GTIN and lot, else a name of the bank's own."""
    if lot.gtin and lot.supplier_lot:
        return f"https://id.gs1.org/01/{lot.gtin.zfill(14)}/10/{quote(lot.supplier_lot, safe='')}"
    return f"urn:x-collecto:{host}:bank:{bank_id}:lot:{quote(lot.number, safe='')}"


def pallet_uri(pallet: Pallet, *, host: str, prefix: str) -> str:
    """Return what a pallet is called: its SSCC, else a name of the bank's own."""
    if not pallet.is_sscc:
        return f"urn:x-collecto:{host}:pallet:{quote(pallet.number, safe='')}"
    extension, rest = pallet.number[0], pallet.number[1:17]
    if prefix and rest.startswith(prefix):
        return f"urn:epc:id:sscc:{prefix}.{extension}{rest.removeprefix(prefix)}"
    return f"https://id.gs1.org/00/{pallet.number}"


class _Writer:
    """Writes the events of one trace."""

    def __init__(self, host: str, trace: NetworkTrace, chronicle: Chronicle) -> None:
        self.host = host
        self.trace = trace
        self.chronicle = chronicle
        self.home = trace.root[0]

    def events(self) -> Iterable[Event]:
        """Yield every event of the trace."""
        for happening in self.chronicle.happenings:
            yield from self.told(happening)
        for pallet in self.chronicle.pallets:
            yield self.packed(pallet)
        yield from self.made()
        yield from self.handed_on()

    def told(self, happening: Happening) -> Iterable[Event]:
        """Yield a movement, the birth of its lot, and the same once more when it was reversed."""
        births = happening.kind in BIRTHS and happening.place
        events = [self.born(happening)] if births else []
        if happening.kind != MovementKind.PRODUCE:
            events.append(self.moved(happening))
        for event in events:
            yield event
            if happening.undone_at is not None:
                declared = {"declarationTime": _instant(happening.undone_at), "reason": "incorrect_data"}
                yield event | {"errorDeclaration": declared}

    def moved(self, happening: Happening) -> Event:
        """Return a movement as an event."""
        action, step, disposition = STEPS[MovementKind(happening.kind)]
        event = self.begun("ObjectEvent", f"movement/{happening.id}", happening.at)
        event |= {
            "action": action,
            "bizStep": step,
            "disposition": disposition,
            "quantityList": [self.quantity((self.home, happening.lot), happening.grams)],
            **self.where(happening.place),
            **_paper(self.host, happening.document_kind, happening.document_number),
            **self.party(happening),
        }
        if happening.degrees is not None:
            event["sensorElementList"] = [
                {
                    "sensorMetadata": {"time": event["eventTime"]},
                    "sensorReport": [
                        {"type": "Temperature", "value": float(happening.degrees), "uom": "CEL"}
                    ],
                }
            ]
        return event

    def born(self, happening: Happening) -> Event:
        """Return the event by which a lot of this bank begins, with what its label says."""
        key = (self.home, happening.lot)
        event = self.begun("ObjectEvent", f"lot/{happening.id}", happening.at)
        return event | {
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
            "quantityList": [self.quantity(key, happening.grams)],
            "ilmd": _master_data(self.trace.nodes[key].lot),
            **self.where(happening.place),
        }

    def packed(self, pallet: Pallet) -> Event:
        """Return the event by which goods of a lot stand on a pallet."""
        event = self.begun("AggregationEvent", f"pallet/{pallet.pk}", pallet.created_at)
        return event | {
            "action": "ADD",
            "bizStep": "packing",
            "disposition": "in_progress",
            "parentID": pallet_uri(pallet, host=self.host, prefix=self.chronicle.gs1_prefix),
            "childQuantityList": [self.quantity((self.home, pallet.lot_id), pallet.grams)],
        }

    def made(self) -> Iterable[Event]:
        """Yield one transformation per lot that was made of others."""
        parents: defaultdict[Key, list[Edge]] = defaultdict(list)
        for edge in self.trace.edges:
            if edge.kind != TRANSFER:
                parents[edge.child].append(edge)
        for child, edges in parents.items():
            yield self.transformed(child, edges)

    def transformed(self, child: Key, edges: Sequence[Edge]) -> Event:
        """Return how a lot was made of others."""
        produced = [
            h for h in self.chronicle.happenings
            if h.lot == child[1] and h.kind == MovementKind.PRODUCE and h.undone_at is None
        ]  # fmt: skip
        at = produced[0].at if produced else _noon(max(edge.day for edge in edges))
        event = self.begun("TransformationEvent", f"made/{child[0]}/{child[1]}", at)
        output = self.quantity(child, produced[0].grams) if produced else {"epcClass": self.name(child)}
        event |= {
            "transformationID": f"urn:uuid:{uuid5(NAMESPACE_URL, f'made/{child[0]}/{child[1]}')}",
            "bizStep": "commissioning",
            "disposition": "active",
            "inputQuantityList": [self.quantity(edge.parent, edge.grams) for edge in edges],
            "outputQuantityList": [output],
            "ilmd": _master_data(self.trace.nodes[child].lot),
        }
        return event | _paper(self.host, "batch", edges[0].number)

    def handed_on(self) -> Iterable[Event]:
        """Yield what sister banks sent and took among themselves: bank, lot, weight, day."""
        for edge in self.trace.edges:
            if edge.kind != TRANSFER or not edge.grams:
                continue
            ends = (edge.parent, "shipping", "in_transit"), (edge.child, "receiving", "in_progress")
            for key, step, disposition in ends:
                if key[0] == self.home:
                    continue
                event = self.begun("ObjectEvent", f"{step}/{edge.line_id}/{key[1]}", _noon(edge.day))
                yield event | {
                    "action": "OBSERVE",
                    "bizStep": step,
                    "disposition": disposition,
                    "quantityList": [self.quantity(key, edge.grams)],
                    "sourceList": [{"type": "possessing_party", "source": self.bank_uri(edge.parent[0])}],
                    "destinationList": [
                        {"type": "possessing_party", "destination": self.bank_uri(edge.child[0])}
                    ],
                    **_paper(self.host, TRANSFER, edge.number),
                }

    def begun(self, kind: str, name: str, at: dt.datetime) -> Event:
        """Return the fields that every event has."""
        local = clock.local(at)
        offset = local.strftime("%z")
        return {
            "type": kind,
            "eventID": f"urn:uuid:{uuid5(self.home, name)}",
            "eventTime": _instant(at),
            "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:5]}",
        }

    def name(self, key: Key) -> str:
        """Return what a lot is called."""
        return class_of(self.host, key[0], self.trace.nodes[key].lot)

    def quantity(self, key: Key, grams: int) -> dict[str, Any]:
        """Return grams of a lot as kilograms."""
        return {"epcClass": self.name(key), "quantity": grams / GRAMS_PER_KG, "uom": "KGM"}

    def where(self, place: str) -> dict[str, Any]:
        """Return where it happened."""
        if not place:
            return {}
        name = f"urn:x-collecto:{self.host}:place:{quote(place, safe='')}"
        return {"readPoint": {"id": name}, "bizLocation": {"id": name}}

    def bank_uri(self, bank_id: UUID) -> str:
        """Return what a bank is called."""
        return f"urn:x-collecto:{self.host}:bank:{bank_id}"

    def party(self, happening: Happening) -> dict[str, Any]:
        """Return who gave and who got, this bank being the other end."""
        if happening.party_id is None:
            return {}
        other, here = f"urn:uuid:{happening.party_id}", self.bank_uri(self.home)
        comes = happening.kind in (MovementKind.RECEIVE, MovementKind.RETURN)
        giver, taker = (other, here) if comes else (here, other)
        return {
            "sourceList": [{"type": "possessing_party", "source": giver}],
            "destinationList": [{"type": "possessing_party", "destination": taker}],
        }


def _paper(host: str, kind: str, number: str) -> dict[str, Any]:
    if not number or kind not in PAPERS:
        return {}
    name = f"urn:x-collecto:{host}:{kind}:{quote(number, safe='')}"
    return {"bizTransactionList": [{"type": PAPERS[kind], "bizTransaction": name}]}


def _master_data(lot: KinLot) -> dict[str, Any]:
    """Return what the label of a lot says."""
    told: dict[str, Any] = {
        "cbvmda:lotNumber": lot.supplier_lot or lot.number,
        "collecto:label": lot.label,
        "collecto:ownLot": lot.number,
    }
    named = DATES.get(DateKind(lot.date_kind))
    if named and lot.expires_on:
        told[named] = lot.expires_on.isoformat()
    if lot.frozen_on:
        told["collecto:frozenOn"] = lot.frozen_on.isoformat()
    return told


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _noon(day: dt.date) -> dt.datetime:
    """Return the middle of a day of which the hour is not known."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
