"""A bank offers lots to others, and takes back what nobody got.

What is offered is reserved in the bank's ledger under the paper *surplus* from the first moment, so nothing
is promised twice; it is freed when the surplus is withdrawn or over. The row of the surplus is locked before
any lot, as every document is.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import first_values, part_of
from apps.kernel.history import write_entry
from apps.kernel.models import new_id
from apps.kernel.scope import current_bank_id
from apps.sites.models import Location
from apps.stock.ledger import Document
from apps.stock.models import Lot
from apps.stock.selectors import reservable
from apps.stock.services import Item, stock_hold, stock_release
from tenants.crossing import BankUnavailable, Purpose, in_platform, in_tenant
from tenants.network.abilities import abilities
from tenants.network.models import Surplus, SurplusLine, SurplusRequest
from tenants.network.surplus import errors
from tenants.network.surplus.reach import banks_within
from tenants.network.surplus.states import Reach, RequestState, SurplusState
from tenants.registry.models import FoodBank

logger = logging.getLogger("collecto.network")

LONGEST_DAYS: Final = 60
"""A surplus is offered for so many days at most."""


@transaction.atomic
def surplus_publish(
    actor: Actor,
    *,
    op_key: UUID,
    items: Sequence[Item],
    until: dt.datetime,
    reach: str = Reach.NATION,
    comment: str = "",
) -> Surplus:
    """Offer grams of lots of the open bank to others; they are reserved at once.

    The same ``op_key`` again returns the first surplus.

    Raises:
        Forbidden: this person does not move goods.
        DomainError: nothing offered, an end in the past, or goods that may not wait until then.
    """
    require(abilities(actor), "offer_surplus")
    bank = FoodBank.objects.prefetch_related("territories").get(pk=current_bank_id())
    if (known := _published(op_key, bank)) is not None:
        return known
    _check(items, until)
    surplus = Surplus(
        id=new_id(),
        op_key=op_key,
        bank=bank,
        bank_label=bank.name,
        reach=reach,
        until=until,
        comment=comment,
    )
    with in_platform(Purpose.TRANSFER):
        surplus.number = _next_number()
        surplus.seen_by = banks_within(bank, Reach(reach))
    stock_hold(actor, op_key=uuid5(op_key, "hold"), items=items, document=paper_of(surplus))
    if (known := _published(op_key, bank)) is not None:
        return known
    lines = [_line(surplus, position, item) for position, item in enumerate(items)]
    with in_platform(Purpose.TRANSFER):
        surplus.save(force_insert=True)
        SurplusLine.objects.bulk_create(lines)
    told: dict[str, Any] = first_values(surplus)
    for line in lines:
        told.setdefault("lines", {}).update(part_of(line, first_values(line, part_as="lines")))
    write_entry(actor, surplus, "created", changes=told, reason=comment)
    return surplus


def surplus_withdraw(actor: Actor, *, surplus: Surplus, reason: str = "") -> Surplus:
    """Take back what nobody got yet; what was allocated stays with its transfers.

    Raises:
        Forbidden: only the managers and the warehouse of the bank that offers it.
        SurplusOver: it is no longer offered.
    """
    require(abilities(actor, surplus), "withdraw_surplus")
    with in_platform(Purpose.TRANSFER), transaction.atomic():
        locked = surplus_locked(surplus.pk)
        _close(actor, locked, SurplusState.WITHDRAWN, reason)
    return locked


def surpluses_expire_due(actor: Actor, *, now: dt.datetime) -> int:
    """End every surplus whose time is over and free its goods; returns how many.

    Each in a transaction of its own, skipping those that another worker holds; what goes wrong with one is
    logged and stops no other. Twice at once does it once.

    Raises:
        Forbidden: only the software does this.
    """
    require(abilities(actor), "route")
    seen: set[UUID] = set()
    ended = 0
    while True:
        with in_platform(Purpose.TRANSFER), transaction.atomic():
            due = Surplus.objects.select_for_update(of=("self",), skip_locked=True).select_related("bank")
            late = due.filter(state=SurplusState.OPEN, until__lte=now).exclude(pk__in=seen)
            surplus = late.order_by("until", "pk").first()
            if surplus is None:
                return ended
            seen.add(surplus.pk)
            ended += _expired_alone(actor, surplus)


def surplus_locked(pk: UUID) -> Surplus:
    """Return a surplus that is still offered, locked until the transaction ends (platform's scope).

    Raises:
        SurplusOver: it is not.
    """
    locked = Surplus.objects.select_for_update(of=("self",)).select_related("bank").get(pk=pk)
    if locked.state != SurplusState.OPEN:
        raise errors.SurplusOver(number=locked.number, state=locked.get_state_display())
    return locked


def paper_of(surplus: Surplus) -> Document:
    """Return the paper under which the goods of a surplus are reserved and freed."""
    return Document("surplus", surplus.pk, surplus.number)


def requests_lapse(surplus: Surplus) -> None:
    """Let the requests that still wait end with their surplus (platform's scope)."""
    waiting = SurplusRequest.objects.filter(surplus=surplus, state=RequestState.ASKED)
    waiting.update(state=RequestState.LAPSED, answered_at=clock.now(), updated_at=clock.now())


def _expired_alone(actor: Actor, surplus: Surplus) -> bool:
    try:
        with transaction.atomic():
            _close(actor, surplus, SurplusState.EXPIRED, "")
    except BankUnavailable:
        return False
    except Exception:
        logger.exception("surplus %s could not be ended", surplus.pk)
        return False
    return True


def _close(actor: Actor, surplus: Surplus, to: SurplusState, reason: str) -> None:
    """End a locked surplus: free in its bank's ledger what nobody got."""
    lines = list(surplus.lines.select_for_update().order_by("pk"))
    left = [line for line in lines if line.left_grams]
    before, surplus.state = surplus.state, to
    surplus.closed_at = surplus.updated_at = clock.now()
    with in_tenant(surplus.bank, Purpose.TRANSFER):
        if left:
            stock_release(
                actor,
                op_key=uuid5(surplus.pk, "free"),
                items=[_item(line) for line in left],
                document=paper_of(surplus),
            )
        write_entry(actor, surplus, to.value, changes={"state": [before, to.value]}, reason=reason)
    for line in left:
        line.freed_grams += line.left_grams
    SurplusLine.objects.bulk_update(left, ["freed_grams"])
    surplus.save(update_fields=["state", "closed_at", "updated_at"])
    requests_lapse(surplus)


def _item(line: SurplusLine) -> Item:
    lot, location = Lot.objects.get(pk=line.lot_id), Location.objects.get(pk=line.location_id)
    return Item(lot, location, line.left_grams)


def _published(op_key: UUID, bank: FoodBank) -> Surplus | None:
    with in_platform(Purpose.TRANSFER):
        return Surplus.objects.filter(op_key=op_key, bank=bank).first()


def _check(items: Sequence[Item], until: dt.datetime) -> None:
    """Refuse a surplus of nothing, of the past, or of goods that may not leave until its end."""
    if not items or any(item.grams <= 0 for item in items):
        raise errors.NothingOffered
    if not clock.now() < until <= clock.now() + dt.timedelta(days=LONGEST_DAYS):
        raise errors.OfferEndsInThePast(LONGEST_DAYS)
    lots = [item.lot.pk for item in items]
    free = {
        (lot, place): grams
        for lot, place, grams in reservable(for_day=clock.local(until).date())
        .filter(account__lot__in=lots)
        .values_list("account__lot_id", "account__location_id", "grams")
    }
    for item in items:
        there = free.get((item.lot.pk, item.location.pk), 0)
        if item.grams > there:
            raise errors.LotMayNotWait(label=item.lot.label, free=there)


def _line(surplus: Surplus, position: int, item: Item) -> SurplusLine:
    lot = item.lot
    return SurplusLine(
        surplus=surplus,
        position=position,
        lot_id=lot.pk,
        lot_number=lot.number,
        location_id=item.location.pk,
        label=lot.label,
        family_code=lot.family.code,
        temperature_class=lot.temperature_class,
        date_kind=lot.date_kind,
        expires_on=lot.expires_on,
        programme=lot.supply_source,
        grams=item.grams,
    )


def _next_number() -> str:
    """Return the next reference of a surplus: many banks read it, so it is of no bank's own series."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.network_surplus_number')")
        (last,) = cursor.fetchone()
    return f"SU-{clock.today().year}-{last:05d}"
