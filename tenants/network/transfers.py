"""Goods go from one bank to another, one transaction per step, to the gram.

Each side acts in its own scope; the document is locked before either ledger, and the database compares
the two at every commit. An act touches one bank's schema only, so no two schemas are locked at once.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.errors import Forbidden
from apps.kernel.history import write_entry
from apps.kernel.scope import current_bank_id
from apps.sites.models import Location
from apps.stock.ledger import Document
from apps.stock.models import Lot
from apps.stock.selectors import LotOrigin, grams_at, origin_of
from apps.stock.services import surplus_arrive, surplus_ship
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network import errors
from tenants.network.abilities import abilities
from tenants.network.models import Transfer, TransferLine
from tenants.network.states import TRANSFER_STEPS, TransferState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus


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
    write_entry(actor, transfer, "created", reason=comment)
    return transfer


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
    return _answer(actor, transfer, "cancel", TransferState.CANCELLED, comment)


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
    with _step(transfer, TransferState.SHIPPED) as (locked, lines):
        document = _document(locked)
        with in_tenant(locked.from_bank, Purpose.TRANSFER):
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
            write_entry(actor, locked, "shipped", reason=carrier)
            locked.shipped_on = clock.today()
        TransferLine.objects.bulk_update(lines, ["shipped_grams"])
        locked.carrier = carrier
        locked.cost_cents = locked.cost_cents if cost_cents is None else cost_cents
    return locked


def transfer_receive(
    actor: Actor,
    *,
    transfer: Transfer,
    received: Mapping[UUID, int],
    location: Location,
    reason: str = "",
) -> Transfer:
    """Take the goods off the road: the receiver's ledger and the document in one transaction.

    ``received`` maps a line to the grams weighed (a line left out did not arrive); what is missing is
    a loss in transport of the receiver's new lot, with its reason.

    Raises:
        Forbidden: only the receiver's managers and warehouse.
        Conflict: the transfer is not on the road.
        DomainError: more than was shipped, a difference without a reason, a family not known here.
    """
    require(abilities(actor, transfer), "receive")
    with _step(transfer, TransferState.RECEIVED) as (locked, lines):
        document = _document(locked)
        with in_tenant(locked.to_bank, Purpose.TRANSFER):
            for line in lines:
                _weigh(line, received.get(line.pk, 0), reason)
                surplus_arrive(
                    actor,
                    op_key=uuid5(line.pk, "arrive"),
                    origin=msgspec.convert(line.origin, LotOrigin),
                    location=location,
                    received_grams=line.received_grams,
                    lost_grams=line.lost_grams,
                    transfer_line_id=line.pk,
                    document=document,
                )
            write_entry(actor, locked, "received", reason=reason)
            locked.received_on = clock.today()
        TransferLine.objects.bulk_update(lines, ["received_grams", "lost_grams", "loss_reason"])
    return locked


@contextmanager
def _step(transfer: Transfer, to: TransferState) -> Iterator[tuple[Transfer, list[TransferLine]]]:
    """Lock a transfer and its lines for one step, in one transaction, and save it there at the end.

    Raises:
        TransferMoved: it cannot go there from where it is.
    """
    with in_platform(Purpose.TRANSFER), transaction.atomic():
        rows = Transfer.objects.select_for_update(of=("self",)).select_related("from_bank", "to_bank")
        locked = rows.get(pk=transfer.pk)
        if to not in TRANSFER_STEPS[TransferState(locked.state)]:
            raise errors.TransferMoved(number=locked.number, state=locked.get_state_display())
        lines = list(locked.lines.select_for_update().order_by("pk"))
        yield locked, lines
        locked.state = to
        locked.updated_at = clock.now()
        locked.save()


def _answer(actor: Actor, transfer: Transfer, verb: str, to: TransferState, comment: str) -> Transfer:
    require(abilities(actor, transfer), verb)
    here = current_bank_id()
    with _step(transfer, to) as (locked, _lines):
        locked.answered_at = clock.now()
        side = locked.from_bank if here == locked.from_bank_id else locked.to_bank
        with in_tenant(side, Purpose.TRANSFER):
            write_entry(actor, locked, to.value, reason=comment)
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


def _document(transfer: Transfer) -> Document:
    return Document("transfer", transfer.pk, transfer.number)


def _next_number() -> str:
    """Return the next reference of a transfer; it belongs to two banks, so to no bank's own series."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.network_transfer_number')")
        (last,) = cursor.fetchone()
    return f"TR-{clock.today().year}-{last:05d}"
