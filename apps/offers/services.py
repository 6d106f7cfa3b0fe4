"""Writes on offers: record, accept, decline, withdraw, expire.

An answer is given once. The network learns it from the fact emitted in the same transaction, so it
cannot be undone; a changed mind is a new offer or a missed stop.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.donors.models import Donor
from apps.donors.states import PURCHASES, SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.errors import Conflict
from apps.kernel.facts import emit
from apps.kernel.history import record_create, record_save
from apps.kernel.numbering import next_number
from apps.offers import errors, rules
from apps.offers.abilities import abilities
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.offers.models import Offer, OfferLine
from apps.offers.selectors import offers_overdue
from apps.offers.states import DeclineReason, OfferKind, OfferStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where goods are picked up."""

    address: str
    city: str
    department: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOfferLine:
    """Goods of a new offer: a product, or a mix of its family when ``product`` is ``None``.

    Left empty, ``label``, ``temperature_class`` and ``date_kind`` come from the product or the family.
    """

    product: Product | None
    family: ProductFamily
    grams: int
    label: str = ""
    temperature_class: str = ""
    date_kind: str = ""
    expires_on: dt.date | None = None
    pallet_count: int | None = None
    cents_per_kg: int = 0


@transaction.atomic
def offer_record(
    actor: Actor,
    *,
    op_key: UUID,
    donor: Donor,
    kind: str,
    place: Place,
    pickup_from: dt.datetime,
    pickup_until: dt.datetime,
    answer_by: dt.datetime | None,
    lines: Sequence[NewOfferLine],
    supply_source: str | None = None,
    network_step_id: UUID | None = None,
    comment: str = "",
) -> Offer:
    """Record what a donor proposes; the same ``op_key`` again returns the first offer.

    Without ``supply_source`` a gift takes the donor's, a purchase the bank's own funds.

    Raises:
        Forbidden: this person does not record offers.
        DomainError: no goods, a weight missing, a date without kind, a window reversed, or a source
            that does not go with the kind.
    """
    require(abilities(actor), "create")
    number = next_number("OF")
    known = Offer.objects.filter(op_key=op_key).first()
    if known is not None:
        transaction.set_rollback(True)  # gives the number back
        return known
    if pickup_from > pickup_until:
        raise errors.WindowReversed
    offer = Offer(
        number=number,
        op_key=op_key,
        network_step_id=network_step_id,
        donor=donor,
        kind=kind,
        supply_source=_source(kind, supply_source, donor),
        address=place.address,
        city=place.city,
        department=place.department,
        latitude=place.latitude,
        longitude=place.longitude,
        pickup_from=pickup_from,
        pickup_until=pickup_until,
        answer_by=answer_by,
        comment=comment,
    )
    return record_create(actor, offer, parts={"lines": _new_lines(offer, lines)})


def _source(kind: str, asked: str | None, donor: Donor) -> str:
    """Return where the goods come from: it decides tax receipts and State reports."""
    is_purchase = kind == OfferKind.SALE
    usual = donor.supply_source
    if is_purchase and usual not in PURCHASES:
        usual = SupplySource.PURCHASE_OWN
    source = asked or usual
    if is_purchase != (source in PURCHASES):
        raise errors.SourceMismatch
    return source


def _new_lines(offer: Offer, lines: Sequence[NewOfferLine]) -> list[OfferLine]:
    """Return the rows of an offer's lines, defaults filled from product or family."""
    if not lines:
        raise errors.NoLines
    return [_new_line(offer, position, line) for position, line in enumerate(lines)]


def _new_line(offer: Offer, position: int, line: NewOfferLine) -> OfferLine:
    goods = line.product or line.family
    label = line.label or goods.name
    date_kind = line.date_kind or goods.date_kind
    if line.grams < 1:
        raise errors.WeightMissing(label=label)
    if not rules.date_fits(date_kind, line.expires_on):
        raise errors.DateNotExpected(label=label)
    return OfferLine(
        offer=offer,
        position=position,
        product=line.product,
        family=line.family,
        label=label,
        temperature_class=line.temperature_class or goods.temperature_class,
        date_kind=date_kind,
        expires_on=line.expires_on,
        offered_grams=line.grams,
        pallet_count=line.pallet_count,
        cents_per_kg=line.cents_per_kg,
    )


@transaction.atomic
def offer_accept(
    actor: Actor, *, offer: Offer, accepted: Mapping[UUID, int] | None = None, comment: str = ""
) -> Offer:
    """Take all of an offer, or the grams given per line id (a line left out is not taken).

    Raises:
        Forbidden: this person does not answer offers.
        Conflict: the offer was answered meanwhile, or the time to accept is over.
        DomainError: more than offered, a use-by date over at pick-up, an unknown line, or nothing.
    """
    require(abilities(actor, offer), "accept")
    offer = _locked(offer)
    if offer.answer_by and rules.is_late(offer.answer_by, now=clock.now()):
        raise errors.OfferTooLate(answer_by=offer.answer_by)
    lines = list(offer.lines.all())
    _take(offer, lines, accepted)
    offered = sum(line.offered_grams for line in lines)
    taken = sum(line.accepted_grams for line in lines)
    status = OfferStatus.ACCEPTED if taken == offered else OfferStatus.PARTLY_ACCEPTED
    _settle(actor, offer, status, comment=comment, lines=lines)
    emit(
        OfferAccepted(
            offer_id=offer.pk,
            network_step_id=offer.network_step_id,
            accepted_grams=taken,
            declined_grams=offered - taken,
        )
    )
    return offer


def _take(offer: Offer, lines: Sequence[OfferLine], accepted: Mapping[UUID, int] | None) -> None:
    """Set the grams accepted of each line, within what is offered and what dates allow."""
    if accepted is not None and not accepted.keys() <= {line.pk for line in lines}:
        raise errors.LineUnknown
    in_hand = rules.first_day(today=clock.today(), pickup=clock.day_of(offer.pickup_from))
    for line in lines:
        grams = line.offered_grams if accepted is None else accepted.get(line.pk, 0)
        if grams > line.offered_grams:
            raise errors.AcceptedTooMuch(
                line_id=line.pk, label=line.label, accepted=grams, offered=line.offered_grams
            )
        if grams and line.expires_on and rules.use_by_passed(line.date_kind, line.expires_on, on=in_hand):
            raise errors.UseByPassed(line_id=line.pk, label=line.label, expires_on=line.expires_on)
        line.accepted_grams = grams
    if not any(line.accepted_grams for line in lines):
        raise errors.NothingAccepted


@transaction.atomic
def offer_decline(actor: Actor, *, offer: Offer, reason: str, comment: str = "") -> Offer:
    """Leave the whole offer to others and say why.

    Raises:
        Forbidden: this person does not answer offers.
        Conflict: the offer was answered meanwhile.
        DomainError: the reason is not one of ``DeclineReason``.
    """
    require(abilities(actor, offer), "decline")
    if reason not in DeclineReason.values:
        raise errors.ReasonMissing
    return _leave(actor, _locked(offer), OfferStatus.DECLINED, reason=reason, comment=comment)


@transaction.atomic
def offer_withdraw(actor: Actor, *, offer: Offer, comment: str = "") -> Offer:
    """Note that the donor takes the offer back before an answer; nothing is told downstream.

    The network withdraws the offers that it brought; people withdraw those recorded by hand.

    Raises:
        Forbidden: this person may not withdraw this offer.
        Conflict: the offer was answered meanwhile.
    """
    require(abilities(actor, offer), "withdraw")
    offer = _locked(offer)
    _settle(actor, offer, OfferStatus.WITHDRAWN, comment=comment)
    return offer


@transaction.atomic
def offer_expire(actor: Actor, *, offer: Offer) -> Offer:
    """Close an offer that nobody answered in time.

    Emits ``OfferDeclined`` with the reason ``no_answer``, so that the network passes it on at once
    when this bank notices first; its own deadline says the same, and hearing it twice does no harm.

    Raises:
        Forbidden: only the software lets an offer expire.
        Conflict: the offer was answered meanwhile.
    """
    require(abilities(actor, offer), "expire")
    return _leave(actor, _locked(offer), OfferStatus.EXPIRED, reason=DeclineReason.NO_ANSWER)


def offers_expire_due(actor: Actor, *, now: dt.datetime) -> int:
    """Expire every offer whose time to answer ended before ``now``; returns how many.

    Each in its own transaction: an offer answered at the last second is left alone.
    """
    expired = 0
    for offer in offers_overdue(now=now):
        try:
            offer_expire(actor, offer=offer)
        except Conflict:
            continue
        expired += 1
    return expired


def _leave(actor: Actor, offer: Offer, status: OfferStatus, *, reason: str, comment: str = "") -> Offer:
    """Settle an offer of which nothing is taken, and tell the network."""
    offer.decline_reason = reason
    _settle(actor, offer, status, comment=comment)
    emit(
        OfferDeclined(
            offer_id=offer.pk,
            network_step_id=offer.network_step_id,
            declined_grams=sum(line.offered_grams for line in offer.lines.all()),
            reason=reason,
        )
    )
    return offer


def _locked(offer: Offer) -> Offer:
    """Return the offer, locked, if it still waits for an answer.

    Raises:
        OfferAnswered: it does not.
    """
    locked = Offer.objects.select_for_update(of=("self",)).select_related("donor").get(pk=offer.pk)
    if locked.status != OfferStatus.PROPOSED:
        raise errors.OfferAnswered(number=locked.number, state=locked.get_status_display())
    return locked


def _settle(
    actor: Actor, offer: Offer, status: OfferStatus, *, comment: str, lines: Sequence[OfferLine] = ()
) -> None:
    """Write the answer of a locked offer and its history."""
    offer.status = status
    offer.answered_at = clock.now()
    offer.answered_by = actor.label[:200]
    offer.comment = offer.comment or comment[:500]  # what the donor wrote is for the driver
    record_save(actor, offer, action=status.value, parts={"lines": lines}, reason=comment)
