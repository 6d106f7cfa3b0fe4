"""A bank asks for goods of a surplus; the bank that offers them allocates or refuses.

What is allocated becomes an ordinary transfer, agreed by both, of goods that stay reserved until they leave.
The surplus is locked first: two requests for more than there is are answered one after the other.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.errors import Forbidden
from apps.kernel.history import write_entry
from apps.kernel.quantity import format_kg
from apps.kernel.scope import current_bank_id
from apps.sites.models import Location
from apps.stock.errors import LotIsBlocked
from apps.stock.models import Lot
from apps.stock.states import LotStatus
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.abilities import abilities
from tenants.network.errors import NOT_YOURS
from tenants.network.models import Surplus, SurplusLine, SurplusRequest, SurplusWish, Transfer
from tenants.network.surplus import errors
from tenants.network.surplus.publishing import requests_lapse, surplus_locked
from tenants.network.surplus.states import RequestState, SurplusState
from tenants.network.transfers import Granted, Transport, transfer_from_surplus
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus


@transaction.atomic
def surplus_ask(
    actor: Actor, *, op_key: UUID, surplus: Surplus, wanted: Mapping[UUID, int], comment: str = ""
) -> SurplusRequest:
    """Ask, as another bank, for grams of lines of a surplus; the same ``op_key`` returns the first request.

    Raises:
        Forbidden: only managers and the warehouse of another bank that sees it.
        SurplusOver: it is no longer offered.
        GiverAway: the bank that offers it is closed.
        DomainError: nothing, or more than is left of a line.
        AlreadyAsked: this bank waits for an answer.
    """
    require(abilities(actor, surplus), "ask")
    if not Surplus.objects.filter(pk=surplus.pk).exists():
        raise Forbidden(NOT_YOURS)
    bank = FoodBank.objects.get(pk=current_bank_id())
    asked = {line: grams for line, grams in wanted.items() if grams}
    if not asked:
        raise errors.NothingAsked
    with in_platform(Purpose.TRANSFER):
        before = SurplusRequest.objects.filter(op_key=op_key, bank=bank)
        known = before.first()
        if known is not None:
            return known
        locked = surplus_locked(surplus.pk)
        known = before.first()
        if known is not None:
            return known
        if locked.until <= clock.now():
            raise errors.SurplusOver(number=locked.number, state=SurplusState.EXPIRED.label)
        if locked.bank.status != BankStatus.ACTIVE:
            raise errors.GiverAway(bank=locked.bank_label)
        lines = {line.pk: line for line in locked.lines.filter(pk__in=asked)}
        for pk, grams in asked.items():
            _check_left(lines.get(pk), grams)
        request = _asked(locked, bank, op_key, comment)
        wishes = [SurplusWish(request=request, line=lines[pk], grams=grams) for pk, grams in asked.items()]
        SurplusWish.objects.bulk_create(wishes)
    _tell(actor, locked, bank, "asked", _said(format_kg(sum(asked.values())), comment))
    return request


def request_withdraw(actor: Actor, *, request: SurplusRequest, reason: str = "") -> SurplusRequest:
    """Take a request back, as the bank that asked.

    Raises:
        Forbidden: only managers and the warehouse of the bank that asked.
        RequestAnswered: it no longer waits.
    """
    require(abilities(actor, request), "unask")
    with _waiting(request) as locked:
        locked.state, locked.answer = RequestState.WITHDRAWN, reason[:500]
        _tell(actor, locked.surplus, locked.bank, "unasked", reason)
    return locked


def request_decline(actor: Actor, *, request: SurplusRequest, reason: str) -> SurplusRequest:
    """Refuse a request, as the bank that offers, and say why.

    Raises:
        Forbidden: only managers and the warehouse of the bank that offers.
        RequestAnswered: it no longer waits.
    """
    require(abilities(actor, request), "allocate")
    with _waiting(request) as locked:
        locked.state, locked.answer = RequestState.DECLINED, reason[:500]
        _tell(actor, locked.surplus, locked.surplus.bank, "declined", _said(locked.bank_label, reason))
    return locked


def request_allocate(
    actor: Actor,
    *,
    request: SurplusRequest,
    granted: Mapping[UUID, int],
    transport: Transport | None = None,
    reason: str = "",
) -> Transfer:
    """Give goods of a surplus to who asked: all, or part with a reason. Makes the transfer, ready to ship.

    ``granted`` maps a line of the surplus to grams. What is given stays reserved for the transfer.

    Raises:
        Forbidden: only managers and the warehouse of the bank that offers.
        RequestAnswered, SurplusOver: it no longer waits, or the surplus is over.
        DomainError: nothing, more than was asked for or than is left, less without a reason, a blocked lot.
    """
    require(abilities(actor, request), "allocate")
    with _waiting(request) as locked:
        surplus = surplus_locked(locked.surplus_id)
        lines = {line.pk: line for line in surplus.lines.select_for_update().order_by("pk")}
        wishes = list(locked.wishes.select_for_update().order_by("pk"))
        _grant(wishes, lines, granted)
        whole = all(wish.granted_grams == wish.grams for wish in wishes)
        if not whole and not reason.strip():
            raise errors.GivenWithoutReason
        given = [(lines[wish.line_id], wish.granted_grams) for wish in wishes if wish.granted_grams]
        with in_tenant(surplus.bank, Purpose.TRANSFER):
            goods = [_granted(line, grams) for line, grams in given]
        transfer = transfer_from_surplus(
            actor, op_key=uuid5(locked.pk, "transfer"), surplus=surplus, to_bank=locked.bank, goods=goods,
            transport=transport or Transport(), comment=locked.comment,
        )  # fmt: skip
        SurplusLine.objects.bulk_update([line for line, _grams in given], ["allocated_grams"])
        SurplusWish.objects.bulk_update(wishes, ["granted_grams"])
        locked.state = RequestState.ALLOCATED if whole else RequestState.PARTLY
        locked.answer, locked.transfer = reason[:500], transfer
        locked.save()
        weight = format_kg(sum(grams for _line, grams in given))
        _tell(actor, surplus, surplus.bank, "allocated", _said(locked.bank_label, weight, reason))
        _end_when_gone(surplus, lines)
    return transfer


@contextmanager
def _waiting(request: SurplusRequest) -> Iterator[SurplusRequest]:
    """Lock the surplus, then a request of it that waits, for its answer; save it.

    Raises:
        RequestAnswered: it no longer waits.
    """
    with in_platform(Purpose.TRANSFER), transaction.atomic():
        Surplus.objects.select_for_update().get(pk=request.surplus_id)
        rows = SurplusRequest.objects.select_for_update(of=("self",))
        locked = rows.select_related("surplus__bank", "bank").get(pk=request.pk)
        if locked.state != RequestState.ASKED:
            raise errors.RequestAnswered(state=locked.get_state_display())
        locked.answered_at = locked.updated_at = clock.now()
        yield locked
        locked.save()


def _grant(wishes: list[SurplusWish], lines: Mapping[UUID, SurplusLine], granted: Mapping[UUID, int]) -> None:
    """Write what each wish gets, within what was asked for and what is left (rows are locked)."""
    for wish in wishes:
        grams, line = granted.get(wish.line_id, 0), lines[wish.line_id]
        if not 0 <= grams <= min(wish.grams, line.left_grams):
            raise errors.AskedTooMuch(label=line.label, left=min(wish.grams, line.left_grams))
        wish.granted_grams = grams
        line.allocated_grams += grams
    if not any(wish.granted_grams for wish in wishes):
        raise errors.NothingAsked


def _granted(line: SurplusLine, grams: int) -> Granted:
    lot = Lot.objects.select_related("family", "product").get(pk=line.lot_id)
    if lot.status == LotStatus.BLOCKED:
        raise LotIsBlocked(lot.number)
    return Granted(lot=lot, location=Location.objects.get(pk=line.location_id), grams=grams)


def _end_when_gone(surplus: Surplus, lines: Mapping[UUID, SurplusLine]) -> None:
    """End a surplus of which nothing is left."""
    if any(line.left_grams for line in lines.values()):
        return
    surplus.state, surplus.closed_at, surplus.updated_at = SurplusState.GONE, clock.now(), clock.now()
    surplus.save(update_fields=["state", "closed_at", "updated_at"])
    requests_lapse(surplus)


def _asked(surplus: Surplus, bank: FoodBank, op_key: UUID, comment: str) -> SurplusRequest:
    """Insert a request of a locked surplus."""
    try:
        with transaction.atomic():
            return SurplusRequest.objects.create(
                op_key=op_key, surplus=surplus, bank=bank, bank_label=bank.name, comment=comment
            )
    except IntegrityError as error:
        raise errors.AlreadyAsked from error


def _check_left(line: SurplusLine | None, grams: int) -> None:
    if line is None:
        raise errors.NothingAsked
    if not 0 < grams <= line.left_grams:
        raise errors.AskedTooMuch(label=line.label, left=line.left_grams)


def _tell(actor: Actor, surplus: Surplus, side: FoodBank, action: str, reason: str) -> None:
    """Write what one side did into its own history, where its people are named."""
    with in_tenant(side, Purpose.TRANSFER):
        write_entry(actor, surplus, action, reason=reason)


def _said(*parts: str) -> str:
    """Join who, how much and why in one line of a history."""
    return " · ".join(part for part in parts if part)[:500]
