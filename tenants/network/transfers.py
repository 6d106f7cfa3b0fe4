"""Goods go from one bank to another, one transaction per step, to the gram.

Each side acts in its own scope; the document is locked before either ledger, and the database compares
the two at every commit. An act touches one bank's schema only, so no two schemas are locked at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import Changes, changed_fields, differences, first_values, part_of
from apps.kernel.errors import Forbidden
from apps.kernel.history import write_entry
from apps.kernel.scope import current_bank_id
from apps.receiving.rules import REFUSE, Limit, temperature_verdict
from apps.receiving.selectors import temperature_limits
from apps.sites.models import Location
from apps.stock.ledger import Document
from apps.stock.models import Lot
from apps.stock.selectors import LotOrigin, grams_at, origin_of
from apps.stock.services import Item, stock_release, surplus_arrive, surplus_ship
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network import errors
from tenants.network.abilities import abilities
from tenants.network.models import Surplus, Transfer, TransferEvent, TransferLine
from tenants.network.states import NOT_GONE, TRANSFER_STEPS, TransferState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How the goods of a transfer travel: who drives, which carrier, what it costs (cents) and to whom."""

    driver: str = ""
    carrier: str = ""
    cost_cents: int | None = None
    cost_bearer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Grams of a lot at a location that a bank gives out of a surplus: they are reserved already."""

    lot: Lot
    location: Location
    grams: int


@transaction.atomic
def transfer_propose(
    actor: Actor,
    *,
    op_key: UUID,
    from_bank: FoodBank,
    to_bank: FoodBank,
    lot: Lot,
    location: Location,
    grams: int,
    cost_cents: int | None = None,
    comment: str = "",
) -> Transfer:
    """Propose grams of a lot of this bank to another; nothing moves yet. Called in the sender's scope.

    The same ``op_key`` again returns the first transfer.

    Raises:
        Forbidden: this person does not move goods, or this is not the sender's space.
        DomainError: not another bank at work, or more than the lot has free there.
    """
    require(abilities(actor), "propose")
    _require_here(from_bank)
    with in_platform(Purpose.TRANSFER):
        known = Transfer.objects.filter(op_key=op_key, from_bank=from_bank).first()
    if known is not None:
        return known
    if to_bank.pk == from_bank.pk or to_bank.status != BankStatus.ACTIVE or not to_bank.has_schema:
        raise errors.NotABank
    free = grams_at(lot, location).on_hand_grams
    if not 0 < grams <= free:
        raise errors.NotEnoughToTransfer(free)
    line = _line(from_bank, lot, location, grams)
    with in_platform(Purpose.TRANSFER):
        transfer = Transfer.objects.create(
            number=_next_number(),
            op_key=op_key,
            from_bank=from_bank,
            from_label=from_bank.name,
            to_bank=to_bank,
            to_label=to_bank.name,
            cost_cents=cost_cents,
            comment=comment,
        )
        line.transfer = transfer
        line.save(force_insert=True)
        lines = {"lines": part_of(line, first_values(line, part_as="lines"))}
        told = first_values(transfer) | lines
        _tell(actor, transfer, from_bank, "created", changes=told, reason=comment)
    return transfer


def transfer_from_surplus(
    actor: Actor,
    *,
    op_key: UUID,
    surplus: Surplus,
    to_bank: FoodBank,
    goods: Sequence[Granted],
    transport: Transport,
    comment: str = "",
) -> Transfer:
    """Write the transfer of what a bank was given of a locked surplus: agreed by both, ready to ship.

    The goods stay reserved in the sender's ledger until they leave. Called in the platform's scope, inside
    the transaction that allocates.

    Raises:
        Forbidden: this person does not move goods.
        NotABank: the other bank is not at work.
    """
    require(abilities(actor), "propose")
    if to_bank.status != BankStatus.ACTIVE:
        raise errors.NotABank
    sender = surplus.bank
    with in_tenant(sender, Purpose.TRANSFER):
        lines = [_line(sender, given.lot, given.location, given.grams) for given in goods]
    transfer = Transfer.objects.create(
        number=_next_number(),
        op_key=op_key,
        from_bank=sender,
        from_label=sender.name,
        to_bank=to_bank,
        to_label=to_bank.name,
        state=TransferState.ACCEPTED,
        answered_at=clock.now(),
        surplus=surplus,
        comment=comment,
        **_terms(transport),
    )
    told: dict[str, Any] = first_values(transfer)
    for line in lines:
        line.transfer, line.held_grams = transfer, line.proposed_grams
        line.save(force_insert=True)
        told.setdefault("lines", {}).update(part_of(line, first_values(line, part_as="lines")))
    _tell(actor, transfer, sender, "created", changes=told, reason=comment)
    return transfer


def transfer_arrange(actor: Actor, *, transfer: Transfer, transport: Transport) -> Transfer:
    """Write how the goods will travel, as either side, before they leave.

    Raises:
        Forbidden: only managers and the warehouse of the two banks.
        TransferMoved: the goods have left, or never will.
    """
    require(abilities(actor, transfer), "arrange")
    with transfer_changed(actor, transfer, "arranged", within=NOT_GONE) as (locked, _lines):
        for name, value in _terms(transport).items():
            setattr(locked, name, value)
    return locked


def transfer_accept(actor: Actor, *, transfer: Transfer, comment: str = "") -> Transfer:
    """Say yes, as the receiver: the sender may ship.

    Raises:
        Forbidden: only the receiver's managers and warehouse.
        Conflict: the transfer is no longer proposed.
    """
    return _answer(actor, transfer, "accept", TransferState.ACCEPTED, comment)


def transfer_decline(actor: Actor, *, transfer: Transfer, comment: str = "") -> Transfer:
    """Say no, as the receiver; the goods never left.

    Raises:
        Forbidden: only the receiver's managers and warehouse.
        Conflict: the transfer is no longer proposed.
    """
    return _answer(actor, transfer, "decline", TransferState.DECLINED, comment)


def transfer_cancel(actor: Actor, *, transfer: Transfer, comment: str = "") -> Transfer:
    """Take the proposal back, as the sender, as long as nothing is on the road.

    Raises:
        Forbidden: only the sender's managers and warehouse.
        Conflict: the transfer has been shipped, declined or cancelled.
    """
    require(abilities(actor, transfer), "cancel")
    with _step(actor, transfer, TransferState.CANCELLED, comment) as (locked, lines):
        locked.answered_at = clock.now()
        with in_tenant(locked.from_bank, Purpose.TRANSFER):
            _free(actor, locked, lines)
        TransferLine.objects.bulk_update(lines, ["held_grams"])
    return locked


def transfer_ship(
    actor: Actor,
    *,
    transfer: Transfer,
    shipped: Mapping[UUID, int] | None = None,
    carrier: str = "",
    cost_cents: int | None = None,
) -> Transfer:
    """Put the goods on the road: the sender's ledger and the document in one transaction.

    ``shipped`` maps a line to the grams loaded; without it, all that was agreed.

    Raises:
        Forbidden: only the sender's managers and warehouse.
        Conflict: the transfer is not accepted, or the lot no longer has the goods.
        DomainError: more than agreed, or the lot may not leave.
    """
    require(abilities(actor, transfer), "ship")
    with _step(actor, transfer, TransferState.SHIPPED) as (locked, lines):
        document = _document(locked)
        with in_tenant(locked.from_bank, Purpose.TRANSFER):
            _free(actor, locked, lines)
            for line in lines:
                line.shipped_grams = _loaded(line, shipped)
                surplus_ship(
                    actor,
                    op_key=uuid5(line.pk, "ship"),
                    lot=Lot.objects.get(pk=line.lot_id),
                    location=Location.objects.get(pk=line.location_id),
                    grams=line.shipped_grams,
                    transfer_line_id=line.pk,
                    document=document,
                )
            locked.shipped_on = clock.today()
        TransferLine.objects.bulk_update(lines, ["shipped_grams", "held_grams"])
        locked.carrier = carrier or locked.carrier
        locked.cost_cents = locked.cost_cents if cost_cents is None else cost_cents
    return locked


def transfer_receive(
    actor: Actor,
    *,
    transfer: Transfer,
    received: Mapping[UUID, int],
    location: Location,
    reason: str = "",
    temperature_c: Decimal | None = None,
) -> Transfer:
    """Take the goods off the road: the receiver's ledger and the document in one transaction.

    ``received`` maps a line to the grams weighed (a line left out did not arrive); what is missing is
    a loss in transport of the receiver's new lot, with its reason. Cold goods pass the same control as at
    the dock: measured (°C), and none accepted above the bank's limit.

    Raises:
        Forbidden: only the receiver's managers and warehouse.
        Conflict: the transfer is not on the road.
        DomainError: more than was shipped, a difference without a reason, a family not known here, goods
            too warm or not measured.
    """
    require(abilities(actor, transfer), "receive")
    with _step(actor, transfer, TransferState.RECEIVED, reason) as (locked, lines):
        document = _document(locked)
        with in_tenant(locked.to_bank, Purpose.TRANSFER):
            limits = temperature_limits()
            for line in lines:
                _weigh(line, received.get(line.pk, 0), reason)
                origin = msgspec.convert(line.origin, LotOrigin)
                _check_cold(line, limits.get(origin.temperature_class), temperature_c)
                surplus_arrive(
                    actor,
                    op_key=uuid5(line.pk, "arrive"),
                    origin=origin,
                    location=location,
                    received_grams=line.received_grams,
                    lost_grams=line.lost_grams,
                    transfer_line_id=line.pk,
                    document=document,
                    temperature_c=temperature_c,
                )
            locked.received_on = clock.today()
        TransferLine.objects.bulk_update(lines, ["received_grams", "lost_grams", "loss_reason"])
    return locked


@contextmanager
def _step(
    actor: Actor, transfer: Transfer, to: TransferState, reason: str = ""
) -> Iterator[tuple[Transfer, list[TransferLine]]]:
    """Lock a transfer and its lines for one step of this side, in one transaction; save and tell it.

    Raises:
        TransferMoved: it cannot go there from where it is.
    """
    before = frozenset(state for state, following in TRANSFER_STEPS.items() if to in following)
    with transfer_changed(actor, transfer, to.value, within=before, reason=reason) as (locked, lines):
        yield locked, lines
        locked.state = to


@contextmanager
def transfer_changed(
    actor: Actor, transfer: Transfer, action: str, *, within: frozenset[TransferState], reason: str = ""
) -> Iterator[tuple[Transfer, list[TransferLine]]]:
    """Lock a transfer and its lines for one act of this side, in one transaction; save and tell it.

    Raises:
        TransferMoved: it is in none of the states that the act is for.
    """
    here = current_bank_id()
    with in_platform(Purpose.TRANSFER), transaction.atomic():
        rows = Transfer.objects.select_for_update(of=("self",))
        locked = rows.select_related("from_bank", "to_bank", "surplus").get(pk=transfer.pk)
        if locked.state not in within:
            raise errors.TransferMoved(number=locked.number, state=locked.get_state_display())
        lines = list(locked.lines.select_for_update().order_by("pk"))
        yield locked, lines
        changes = differences(locked, changed_fields(locked)) | _told_of(lines)
        locked.updated_at = clock.now()
        locked.save()
        side = locked.from_bank if here == locked.from_bank_id else locked.to_bank
        _tell(actor, locked, side, action, changes=changes, reason=reason)


def _free(actor: Actor, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Give back to the sender's free stock what was reserved of a surplus for some lines (its scope)."""
    held = [line for line in lines if line.held_grams]
    if not held or transfer.surplus is None:
        return
    items = [
        Item(Lot.objects.get(pk=line.lot_id), Location.objects.get(pk=line.location_id), line.held_grams)
        for line in held
    ]
    paper = Document("surplus", transfer.surplus.pk, transfer.surplus.number)
    stock_release(actor, op_key=uuid5(transfer.pk, "free"), items=items, document=paper)
    for line in held:
        line.held_grams = 0


def _terms(transport: Transport) -> dict[str, Any]:
    return {
        "driver": transport.driver,
        "carrier": transport.carrier,
        "cost_cents": transport.cost_cents,
        "cost_bearer": transport.cost_bearer,
    }


def _told_of(lines: Sequence[TransferLine]) -> dict[str, Any]:
    """Return what a step changed of the lines."""
    parts: dict[str, Any] = {}
    for line in lines:
        changes = differences(line, changed_fields(line))
        parts |= part_of(line, changes) if changes else {}
    return {"lines": parts} if parts else {}


def _tell(
    actor: Actor, transfer: Transfer, side: FoodBank, action: str, *, changes: Changes, reason: str
) -> None:
    """Write what one side did: with the person's name at home, without it where both sides read."""
    TransferEvent.objects.create(
        transfer=transfer,
        bank_id=side.pk,
        bank_label=side.name,
        actor_role=actor.main_role,
        action=action,
        changes=changes,
        reason=reason[:500],
        at=clock.now(),
    )
    with in_tenant(side, Purpose.TRANSFER):
        write_entry(actor, transfer, action, changes=changes, reason=reason)


def _answer(actor: Actor, transfer: Transfer, verb: str, to: TransferState, comment: str) -> Transfer:
    require(abilities(actor, transfer), verb)
    with _step(actor, transfer, to, comment) as (locked, _lines):
        locked.answered_at = clock.now()
    return locked


def _require_here(bank: FoodBank) -> None:
    if current_bank_id() != bank.pk:
        raise Forbidden(errors.NOT_YOURS)


def _line(bank: FoodBank, lot: Lot, location: Location, grams: int) -> TransferLine:
    """Return the line of a proposal: everything the receiver needs to know of the lot, copied."""
    origin: dict[str, Any] = msgspec.to_builtins(origin_of(lot, bank_id=bank.pk, bank_label=bank.name))
    return TransferLine(
        lot_id=lot.pk,
        lot_number=lot.number,
        label=lot.label,
        location_id=location.pk,
        location_label=str(location),
        origin=origin,
        proposed_grams=grams,
    )


def _loaded(line: TransferLine, shipped: Mapping[UUID, int] | None) -> int:
    """Return the grams loaded of a line, within what was agreed."""
    grams = line.proposed_grams if shipped is None else shipped.get(line.pk, 0)
    if not 0 < grams <= line.proposed_grams:
        raise errors.ShippedTooMuch(label=line.label, agreed=line.proposed_grams)
    return grams


def _weigh(line: TransferLine, grams: int, reason: str) -> None:
    """Write what arrived of a line and what is missing."""
    if not 0 <= grams <= line.shipped_grams:
        raise errors.ArrivedTooMuch(label=line.label, shipped=line.shipped_grams)
    line.received_grams, line.lost_grams = grams, line.shipped_grams - grams
    if line.lost_grams and not reason.strip():
        raise errors.DifferenceWithoutReason
    line.loss_reason = reason[:300] if line.lost_grams else ""


def _check_cold(line: TransferLine, limit: Limit | None, temperature_c: Decimal | None) -> None:
    """Hold what arrived of a line against the limit of its temperature class at this bank."""
    if limit is None or not line.received_grams:
        return
    if temperature_c is None:
        raise errors.ArrivedUnmeasured(label=line.label)
    if temperature_verdict(temperature_c, limit) == REFUSE:
        raise errors.ArrivedTooWarm(label=line.label, limit=limit.refused_above_c)


def _document(transfer: Transfer) -> Document:
    return Document("transfer", transfer.pk, transfer.number)


def _next_number() -> str:
    """Return the next reference of a transfer; it belongs to two banks, so to no bank's own series."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.network_transfer_number')")
        (last,) = cursor.fetchone()
    return f"TR-{clock.today().year}-{last:05d}"
