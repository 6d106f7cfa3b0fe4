"""Writes on receipts: expect, start, control and post, cancel; temperature limits."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.donors.models import Donor
from apps.donors.selectors import campaign_of, may_be_put
from apps.donors.states import SupplySource
from apps.kernel import clock, display
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_create, record_create_once, record_save, record_update
from apps.kernel.models import new_id
from apps.kernel.numbering import next_number
from apps.kernel.quantity import format_kg
from apps.receiving import errors, rules
from apps.receiving.abilities import abilities
from apps.receiving.facts import GoodsReceived
from apps.receiving.models import GoodsReceipt, NationalCollection, ReceiptLine, TemperatureLimit
from apps.receiving.rules import Control, Dock
from apps.receiving.selectors import dock_of, parties_of, progress_of
from apps.receiving.states import ReceiptStatus
from apps.rounds.models import PickupLine, Stop
from apps.sites.models import Location, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceiptLine:
    """Goods that arrive: a product, or a mix of its family when ``product`` is ``None``.

    Left empty, ``label``, ``temperature_class`` and ``date_kind`` come from the product or the family.
    ``line_id`` lets a form know its line again in what the control says of it.
    """

    product: Product | None
    family: ProductFamily
    expected_grams: int = 0
    label: str = ""
    temperature_class: str = ""
    date_kind: str = ""
    expires_on: dt.date | None = None
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """What the control found of one line: weights in grams, °C, date, label, where it is put.

    ``short_date_reason`` says why a gift with less than 48 hours to its use-by date is taken.
    """

    line_id: UUID
    accepted_grams: int
    refused_grams: int = 0
    refusal_reason: str = ""
    temperature_c: Decimal | None = None
    date_kind: str
    expires_on: dt.date | None = None
    supplier_lot: str = ""
    location: Location | None = None
    short_date_reason: str = ""


@transaction.atomic
def receipt_expect(actor: Actor, *, stop: Stop) -> GoodsReceipt | None:
    """Open the receipt of what a stop brought, with its weights and temperatures; opened once.

    Returns ``None`` when everything was left with the donor.

    Raises:
        Forbidden: this person does not receive goods.
    """
    require(abilities(actor), "create")
    known = GoodsReceipt.objects.filter(stop=stop).first()
    brought = stop.lines.filter(collected_grams__gt=0).select_related("offer_line")
    if known is not None or stop.round is None or not brought:
        return known
    receipt = GoodsReceipt(
        op_key=stop.pk,
        stop=stop,
        site=stop.round.site,
        donor=stop.offer.donor,
        supply_source=stop.offer.supply_source,
        campaign=campaign_of(stop.offer.supply_source, "", clock.today()) or "",
    )
    lines = [_line_brought(receipt, line) for line in brought]
    return record_create(actor, receipt, parts={"lines": lines})


def _line_brought(receipt: GoodsReceipt, pickup: PickupLine) -> ReceiptLine:
    """Return the line that continues a line of the pick-up."""
    offered = pickup.offer_line
    return ReceiptLine(
        receipt=receipt,
        position=offered.position,
        product_id=offered.product_id,
        family_id=offered.family_id,
        label=offered.label,
        temperature_class=offered.temperature_class,
        date_kind=offered.date_kind,
        expires_on=offered.expires_on,
        expected_grams=pickup.collected_grams,
        temperature_c=pickup.temperature_c,
    )


@transaction.atomic
def receipt_start(
    actor: Actor,
    *,
    op_key: UUID,
    site: Site,
    donor: Donor,
    supply_source: str,
    lines: Sequence[NewReceiptLine],
    campaign: str = "",
    comment: str = "",
) -> GoodsReceipt:
    """Open the receipt of goods that come without a round; the same ``op_key`` returns the first one.

    Raises:
        Forbidden: this person does not receive goods.
        DomainError: no goods, cold goods of a national collection, a site that is no longer in use, or a
            programme without such an open campaign.
    """
    require(abilities(actor), "create")
    if not lines:
        raise errors.NoLines
    if site.is_archived:
        raise errors.SiteArchived
    known = campaign_of(supply_source, campaign, clock.today())
    if known is None:
        raise errors.CampaignUnknown(campaign)
    receipt = GoodsReceipt(
        id=op_key,
        op_key=op_key,
        site=site,
        donor=donor,
        supply_source=supply_source,
        campaign=known,
        comment=comment,
    )
    rows = [_new_line(receipt, position, line) for position, line in enumerate(lines)]
    return record_create_once(actor, receipt, parts={"lines": rows})


@transaction.atomic
def receipt_line_add(actor: Actor, *, receipt: GoodsReceipt, line: NewReceiptLine) -> ReceiptLine:
    """Add goods that sorting found and nobody announced.

    Raises:
        Forbidden: this person does not receive goods.
        Conflict: the receipt was posted or cancelled meanwhile.
    """
    require(abilities(actor, receipt), "post")
    locked = _locked(receipt)
    added = _new_line(locked, locked.lines.count(), line)
    record_save(actor, locked, parts={"lines": [added]})
    return added


def _new_line(receipt: GoodsReceipt, position: int, line: NewReceiptLine) -> ReceiptLine:
    goods = line.product or line.family
    temperature_class = line.temperature_class or goods.temperature_class
    collected = receipt.supply_source == SupplySource.NATIONAL_COLLECTION
    if collected and not rules.is_collected(temperature_class, is_fresh=goods.is_fresh):
        raise errors.CollectedNotDry(label=line.label or goods.name)
    return ReceiptLine(
        id=line.line_id or new_id(),
        receipt=receipt,
        position=position,
        product=line.product,
        family=line.family,
        label=line.label or goods.name,
        temperature_class=temperature_class,
        date_kind=line.date_kind or goods.date_kind,
        expires_on=line.expires_on,
        expected_grams=line.expected_grams,
    )


@transaction.atomic
def receipt_post(
    actor: Actor, *, receipt: GoodsReceipt, checks: Sequence[LineCheck], comment: str = ""
) -> GoodsReceipt:
    """Post a receipt: verdict of every line, number, and the fact that makes lots, all or nothing.

    Raises:
        Forbidden: this person does not receive goods.
        Conflict: the receipt was posted or cancelled meanwhile.
        ControlFailed: lines to correct, one refusal per field.
        DomainError: a line unknown or forgotten, nothing received at all, or more sorted than weighed.
    """
    require(abilities(actor, receipt), "post")
    locked = _locked(receipt)
    lines = list(locked.lines.all())
    _control(locked, lines, checks)
    accepted = sum(line.accepted_grams for line in lines)
    refused = sum(line.refused_grams for line in lines)
    if not accepted + refused:
        raise errors.NothingReceived
    _require_weighed(locked, accepted + refused, comment=comment)
    locked.number = next_number("BR")
    locked.received_on = clock.today()
    locked.posted_at = clock.now()
    locked.parties = parties_of(locked)
    locked.received_by = actor.label[:200]
    locked.comment = comment[:500] or locked.comment
    _settle(actor, locked, ReceiptStatus.POSTED, reason=comment, lines=lines)
    emit(GoodsReceived(receipt_id=locked.pk, accepted_grams=accepted, refused_grams=refused))
    return locked


def _require_weighed(receipt: GoodsReceipt, grams: int, *, comment: str) -> None:
    """Hold what is sorted of a national collection against what its shops weighed.

    Raises:
        SortedBeyondWeighed: it passes the tolerance, and no comment says why.
    """
    if receipt.supply_source != SupplySource.NATIONAL_COLLECTION or comment.strip():
        return
    collection = NationalCollection.objects.select_for_update(no_key=True).filter(donor=receipt.donor_id)
    for each in collection:
        so_far = progress_of(each)
        handled = so_far.handled_grams + grams
        if rules.passes_weighed(handled, so_far.weighed_grams, tolerance_percent=each.tolerance_percent):
            raise errors.SortedBeyondWeighed(
                weighed=format_kg(so_far.weighed_grams), sorted_=format_kg(handled)
            )


def _control(receipt: GoodsReceipt, lines: Sequence[ReceiptLine], checks: Sequence[LineCheck]) -> None:
    """Write on each line what its check found, and its verdict.

    Raises:
        ControlFailed: things to correct.
        DomainError: a line unknown or forgotten.
    """
    found: Mapping[UUID, LineCheck] = {check.line_id: check for check in checks}
    if not found.keys() <= {line.pk for line in lines}:
        raise errors.LineUnknown
    dock = dock_of(receipt)
    refusals: list[errors.LineRefused] = []
    for line in lines:
        check = found.get(line.pk)
        if check is None:
            raise errors.LineUnchecked(line_id=line.pk, label=line.label)
        control = _control_of(receipt, line, check)
        problems = rules.problems(control, dock)
        refusals += [_refusal(problem, line, check, dock) for problem in problems]
        _write(line, check, verdict="" if problems else rules.verdict(control, dock))
    if refusals:
        raise errors.ControlFailed(refusals)


def _control_of(receipt: GoodsReceipt, line: ReceiptLine, check: LineCheck) -> Control:
    place = check.location
    return Control(
        temperature_class=line.temperature_class,
        accepted_grams=check.accepted_grams,
        refused_grams=check.refused_grams,
        refusal_reason=check.refusal_reason,
        temperature_c=check.temperature_c,
        date_kind=check.date_kind,
        expires_on=check.expires_on,
        short_date_reason=check.short_date_reason,
        zone=place.zone if place else None,
        is_at_site=place is not None and place.site_id == receipt.site_id and not place.is_archived,
        suits_programme=place is None or may_be_put(receipt.supply_source, place),
    )


def _refusal(problem: rules.Problem, line: ReceiptLine, check: LineCheck, dock: Dock) -> errors.LineRefused:
    limit = dock.limits.get(line.temperature_class)
    return errors.LineRefused(
        problem,
        line_id=line.pk,
        line=line.label,
        accepted=format_kg(check.accepted_grams),
        refused=format_kg(check.refused_grams),
        temperature="" if check.temperature_c is None else display.number(check.temperature_c, decimals=1),
        limit=display.number(limit.refused_above_c, decimals=1) if limit else "",
    )


def _write(line: ReceiptLine, check: LineCheck, *, verdict: str) -> None:
    kept = check.accepted_grams > 0
    line.accepted_grams = check.accepted_grams
    line.refused_grams = check.refused_grams
    line.refusal_reason = check.refusal_reason if check.refused_grams else ""
    line.temperature_c = check.temperature_c
    line.verdict = verdict
    line.date_kind = check.date_kind
    line.expires_on = check.expires_on
    line.short_date_reason = check.short_date_reason[:200] if kept else ""
    line.supplier_lot = check.supplier_lot[:40]
    line.location = check.location if kept else None


@transaction.atomic
def receipt_cancel(actor: Actor, *, receipt: GoodsReceipt, reason: str = "") -> GoodsReceipt:
    """Close a receipt of goods that never arrived, or that was opened by mistake.

    Raises:
        Forbidden: this person does not keep the stock.
        Conflict: the receipt was posted or cancelled meanwhile.
    """
    require(abilities(actor, receipt), "cancel")
    locked = _locked(receipt)
    locked.comment = reason[:500] or locked.comment
    _settle(actor, locked, ReceiptStatus.CANCELLED, reason=reason)
    return locked


@transaction.atomic
def limit_set(
    actor: Actor, *, temperature_class: str, max_c: Decimal, tolerance_c: Decimal
) -> TemperatureLimit:
    """Set this bank's limit for a temperature class (°C), as strict as the network's or stricter.

    Raises:
        Forbidden: only a manager does.
        DomainError: laxer than the network's limit.
        ValidationError: an unknown class, a figure out of range.
    """
    require(abilities(actor), "set_limits")
    usual = rules.USUAL_LIMITS.get(temperature_class)
    if usual is not None and max_c + tolerance_c > usual.refused_above_c:
        raise errors.LimitTooLax(limit=display.number(usual.refused_above_c, decimals=1))
    wanted = {"max_c": max_c, "tolerance_c": tolerance_c}
    own = TemperatureLimit.objects.filter(temperature_class=temperature_class).first()
    if own is None:
        return record_create(actor, TemperatureLimit(temperature_class=temperature_class, **wanted))
    record_update(actor, own, wanted)
    return own


def _locked(receipt: GoodsReceipt) -> GoodsReceipt:
    """Return the receipt, locked, if it still waits.

    Raises:
        ReceiptMovedOn: it does not.
    """
    related = GoodsReceipt.objects.select_related("stop", "donor", "site")
    locked = related.select_for_update(of=("self",)).get(pk=receipt.pk)
    if locked.status != ReceiptStatus.EXPECTED:
        raise errors.ReceiptMovedOn(name=str(locked), state=locked.get_status_display())
    return locked


def _settle(
    actor: Actor,
    receipt: GoodsReceipt,
    status: ReceiptStatus,
    *,
    reason: str,
    lines: Sequence[ReceiptLine] = (),
) -> None:
    """Write the new state of a locked receipt and its history."""
    receipt.status = status
    record_save(actor, receipt, action=status.value, parts={"lines": lines}, reason=reason)
