"""The ledger: the one place that inserts movements.

A movement takes grams of one lot from one account to another; the database keeps the balances and
refuses what may not be (``migrations/0002_ledger.py``). Here a refusal becomes a sentence, and a key
that was used before finds its first result.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.errors import DomainError
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock.errors import (
    AlreadyRecorded,
    LotInQuarantine,
    LotIsBlocked,
    LotRefusal,
    MovementAlreadyReversed,
    NotEnoughStock,
    NothingToMove,
    NotInspected,
    ProgrammesApart,
    UseByPassed,
)
from apps.stock.models import Account, Balance, Lot, Movement
from apps.stock.states import INSIDE, AccountKind, LossReason, MovementKind

Seat = tuple[UUID, str, UUID | None, str]
"""What tells accounts apart: lot, kind, location, detail."""


@dataclass(frozen=True, slots=True)
class Document:
    """The paper a movement follows from: receipt, order, delivery_note, transfer, loss, count, reversal."""

    kind: str
    id: UUID | None
    number: str


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands at the outer end of a movement, by id and copied label; ``type`` of a partner or donor."""

    id: UUID
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Place:
    """One side of a movement: an account by its name; ``location`` inside the bank, ``detail`` of a loss."""

    kind: AccountKind
    location: Location | None = None
    detail: str = ""

    def seat(self, lot: Lot) -> Seat:
        """Return what names this account of a lot."""
        return (lot.pk, str(self.kind), self.location.pk if self.location else None, self.detail)

    @classmethod
    def of(cls, account: Account) -> "Place":
        """Return the name of an existing account."""
        return cls(AccountKind(account.kind), account.location, account.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One movement to post; ``op_key`` replaces the key of the whole act for this leg."""

    kind: MovementKind
    lot: Lot
    source: Place
    destination: Place
    grams: int
    reason: str = ""
    disposal: str = ""
    party: Party | None = None
    transfer_line_id: UUID | None = None
    reverses: Movement | None = None
    op_key: UUID | None = None


DONOR: Final = Place(AccountKind.DONOR)
SUPPLIER: Final = Place(AccountKind.SUPPLIER)
PARTNER: Final = Place(AccountKind.PARTNER)
TRANSIT: Final = Place(AccountKind.TRANSIT)
WORKSHOP: Final = Place(AccountKind.WORKSHOP)
COUNTED: Final = Place(AccountKind.COUNT)


def on_hand(location: Location) -> Place:
    """Return the free goods at a location."""
    return Place(AccountKind.ON_HAND, location)


def reserved(location: Location) -> Place:
    """Return the goods at a location that orders have reserved."""
    return Place(AccountKind.RESERVED, location)


def lost(reason: LossReason) -> Place:
    """Return the loss account of a reason."""
    return Place(AccountKind.LOSS, detail=str(reason))


def donor_party(donor: Donor) -> Party:
    """Return a donor as the other side of a movement."""
    return Party(donor.pk, donor.name, donor.kind)


def partner_party(partner: Partner) -> Party:
    """Return a partner as the other side of a movement."""
    return Party(partner.pk, partner.name, partner.partner_type)


def mirror_of(made: Movement, reason: str, op_key: UUID | None = None) -> Leg:
    """Return the leg that takes the grams of a movement back, under a key of its own if one is given."""
    party = Party(made.party_id, made.party_label, made.party_type) if made.party_id else None
    return Leg(
        kind=MovementKind.REVERSE,
        lot=made.lot,
        source=Place.of(made.destination),
        destination=Place.of(made.source),
        grams=made.grams,
        reason=reason,
        party=party,
        transfer_line_id=made.transfer_line_id,
        reverses=made,
        op_key=uuid5(op_key, str(made.pk)) if op_key else None,
    )


def movements_under(*op_keys: UUID) -> list[Movement]:
    """Return what an act has already written, in order: not empty when it is being repeated."""
    made = Movement.objects.filter(op_key__in=op_keys).select_related("lot", "source__location")
    return list(made.order_by("id"))


def post(
    actor: Actor,
    *,
    op_key: UUID,
    legs: Sequence[Leg],
    document: Document | None = None,
    occurred_on: dt.date | None = None,
) -> list[Movement]:
    """Insert the movements of one act, all or none; the database moves the balances.

    The caller has locked the lots and looked for a repeat (``movements_under``).

    Raises:
        NotEnoughStock: a lot holds less than a leg takes from it.
        LotIsBlocked, LotInQuarantine, UseByPassed, NotInspected: a lot may not leave.
        ProgrammesApart: goods of a programme, or others, would be stored at a wrong location.
        MovementAlreadyReversed: somebody reversed the movement first.
        AlreadyRecorded: the same key is being written elsewhere.
        NothingToMove: a leg of zero grams, or from a place to itself.
    """
    if not legs:
        return []
    if any(leg.grams <= 0 or leg.source == leg.destination for leg in legs):
        raise NothingToMove
    shared = {
        "occurred_on": occurred_on or clock.today(),
        "actor_id": actor.id,
        "actor_label": actor.label[:200],
        **_paper(document),
    }
    try:
        with transaction.atomic():
            ends = ((leg.lot, place) for leg in legs for place in (leg.source, leg.destination))
            accounts = open_accounts(ends)
            rows = [
                _row(leg, accounts, op_key=key, leg=number, **shared)
                for leg, (key, number) in zip(legs, _keys(op_key, legs), strict=True)
            ]
            return Movement.objects.bulk_create(rows)
    except IntegrityError as error:
        refusal = _refusal(error, legs)
        if refusal is None:
            raise
        raise refusal from error


def open_accounts(named: Iterable[tuple[Lot, Place]]) -> dict[Seat, Account]:
    """Return the accounts of lots, opening those that do not exist; takes no lock on those that do."""
    wanted = {place.seat(lot): (lot, place) for lot, place in named}
    lots = {seat[0] for seat in wanted}
    found = _accounts(lots)
    missing = [
        Account(lot=lot, kind=place.kind, location=place.location, detail=place.detail)
        for seat, (lot, place) in wanted.items()
        if seat not in found
    ]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True)
        found = _accounts(lots)
    return found


def _accounts(lots: Iterable[UUID]) -> dict[Seat, Account]:
    return {_seat(account): account for account in Account.objects.filter(lot__in=lots)}


def _seat(account: Account) -> Seat:
    return (account.lot_id, account.kind, account.location_id, account.detail)


def _keys(op_key: UUID, legs: Sequence[Leg]) -> Iterator[tuple[UUID, int]]:
    """Number the legs from 0 under each key."""
    numbers: Counter[UUID] = Counter()
    for leg in legs:
        key = leg.op_key or op_key
        yield key, numbers[key]
        numbers[key] += 1


def _row(part: Leg, accounts: dict[Seat, Account], **shared: Any) -> Movement:
    """Return the movement of a leg, still to be inserted."""
    return Movement(
        kind=part.kind,
        lot=part.lot,
        source=accounts[part.source.seat(part.lot)],
        destination=accounts[part.destination.seat(part.lot)],
        grams=part.grams,
        reason=part.reason[:300],
        disposal=part.disposal,
        transfer_line_id=part.transfer_line_id,
        reverses=part.reverses,
        **_other_side(part.party),
        **shared,
    )


def _paper(document: Document | None) -> dict[str, Any]:
    if document is None:
        return {}
    return {
        "document_kind": document.kind,
        "document_id": document.id,
        "document_number": document.number or "",
    }


def _other_side(party: Party | None) -> dict[str, Any]:
    if party is None:
        return {}
    return {"party_id": party.id, "party_label": party.label[:120], "party_type": party.type}


LOT_REFUSALS: Final[dict[str, type[LotRefusal]]] = {
    "blocked_lots_stay": LotIsBlocked,
    "quarantined_goods_stay": LotInQuarantine,
    "use_by_is_respected": UseByPassed,
    "past_best_before_is_inspected": NotInspected,
    "programmes_are_kept_apart": ProgrammesApart,
}


def _refusal(error: IntegrityError, legs: Sequence[Leg]) -> DomainError | None:
    """Return the sentence for what the database refused, ``None`` when it is a fault of the program."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name == "no_lot_is_oversold":
        return _shortage(legs)
    if name in LOT_REFUSALS:
        lot_id = getattr(diagnosis, "message_detail", "")
        return LOT_REFUSALS[name](next(leg.lot.number for leg in legs if str(leg.lot.pk) == lot_id))
    if name == "movement_once":
        return AlreadyRecorded()
    return MovementAlreadyReversed() if name == "stock_movement_reverses_id_key" else None


def _shortage(legs: Sequence[Leg]) -> NotEnoughStock:
    """Name the first lot that holds less than the legs take from it, and what it holds."""
    taken: defaultdict[Seat, int] = defaultdict(int)
    for leg in legs:
        taken[leg.source.seat(leg.lot)] += leg.grams
        taken[leg.destination.seat(leg.lot)] -= leg.grams
    inside = [(leg.lot, leg.source.seat(leg.lot)) for leg in legs if leg.source.kind in INSIDE]
    lots = {leg.lot.pk for leg in legs}
    held = {
        _seat(balance.account): balance.grams
        for balance in Balance.objects.filter(account__lot__in=lots).select_related("account")
    }
    short = [(lot, seat) for lot, seat in inside if held.get(seat, 0) < taken[seat]] or inside
    lot, seat = short[0]
    return NotEnoughStock(lot.number, held.get(seat, 0))
