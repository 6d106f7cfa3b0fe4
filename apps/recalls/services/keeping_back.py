"""Lots are blocked, put into quarantine, and the orders that hold them frozen: one transaction."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from apps.donors.selectors import may_be_put
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.errors import DomainError
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.kernel.models import new_id
from apps.orders.services import orders_freeze
from apps.recalls.facts import LotsRecalled
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.services.warning import partners_warn
from apps.recalls.states import CaseState, MatchState
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.locks import lock_lots
from apps.stock.models import Balance, Lot
from apps.stock.rules import zone_accepts
from apps.stock.services import lot_block, stock_move
from apps.stock.states import AccountKind, LotStatus


def lots_keep_back(actor: Actor, *, case: RecallCase, matches: Collection[RecallMatch]) -> None:
    """Block the lots just found to be recalled, quarantine what is free of them, freeze, tell the partners.

    The caller holds the case; the matches are written.
    """
    if not matches:
        return
    locked = lock_lots(match.lot_id for match in matches)
    others = RecallMatch.objects.filter(lot__in=locked, state=MatchState.OURS).exclude(case=case)
    recalled = set(others.values_list("lot_id", flat=True))
    for match in matches:
        is_blocked = locked[match.lot_id].status == LotStatus.BLOCKED
        match.was_blocked = is_blocked and match.lot_id not in recalled
    RecallMatch.objects.bulk_update(matches, ["was_blocked"])
    reason = f"{case.number} · {case.title}"
    for lot in locked.values():
        lot_block(actor, lot=lot, reason=reason)
    lots_quarantine(actor, lots=locked.values(), reason=reason)
    case.kept_back_at = case.kept_back_at or clock.now()
    record_save(actor, case, action="kept_back", reason=_numbers(locked.values()))
    orders = orders_freeze(actor, lots=list(locked), reason=reason)
    if orders:
        record_save(actor, case, action="orders_frozen", reason=", ".join(order.number for order in orders))
    partners_warn(actor, case=case)
    emit(LotsRecalled(case_id=case.pk, lot_ids=tuple(locked)))


def rest_keep_back(actor: Actor, *, lots: Collection[UUID]) -> None:
    """Put into quarantine what orders gave back of lots that open recalls keep."""
    held = RecallMatch.objects.filter(lot__in=lots, state=MatchState.OURS, case__state=CaseState.OPEN)
    named = {match.lot_id: match.case.number for match in held.select_related("case")}
    locked = lock_lots(named)
    for pk, lot in locked.items():
        lots_quarantine(actor, lots=[lot], reason=named[pk])


def lots_quarantine(actor: Actor, *, lots: Iterable[Lot], reason: str) -> None:
    """Move the free goods of locked lots to the quarantine of their site, where there is a fitting one.

    A move that is refused leaves the goods where they are: they are blocked there.
    """
    named = {lot.pk: lot for lot in lots}
    free = (
        Balance.objects.filter(account__lot__in=named, account__kind=AccountKind.ON_HAND, grams__gt=0)
        .exclude(account__location__purpose=LocationPurpose.QUARANTINE)
        .select_related("account__location")
        .order_by("account_id")
    )
    rooms = list(
        Location.objects.filter(purpose=LocationPurpose.QUARANTINE, archived_at=None).order_by("code", "pk")
    )
    for balance in list(free):
        place, lot = balance.account.location, named[balance.account.lot_id]
        room = _room_for(lot, place, rooms)
        if place is not None and room is not None:
            with suppress(DomainError), transaction.atomic():
                stock_move(
                    actor,
                    op_key=new_id(),
                    lot=lot,
                    location=place,
                    to=room,
                    grams=balance.grams,
                    comment=reason,
                )


def _room_for(lot: Lot, place: Location | None, rooms: Iterable[Location]) -> Location | None:
    """Return the quarantine of the same site in which the goods may lie and keep their temperature."""
    if place is None:
        return None
    fitting = (
        room
        for room in rooms
        if room.site_id == place.site_id
        and zone_accepts(room.zone, lot.temperature_class)
        and may_be_put(lot.supply_source, room)
    )
    return next(fitting, None)


def _numbers(lots: Iterable[Lot]) -> str:
    return ", ".join(sorted(lot.number for lot in lots))[:500]
