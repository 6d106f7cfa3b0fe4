"""National collections: prepared, weighed shop by shop, sorted family by family."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.donors.models import Donor
from apps.donors.services import donor_create
from apps.donors.states import GENERAL_PUBLIC, SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor, require, software
from apps.kernel.history import record_archive, record_create_once, record_save, record_update
from apps.kernel.models import new_id
from apps.kernel.quantity import format_kg
from apps.receiving import errors
from apps.receiving.abilities import collecting_abilities as abilities
from apps.receiving.models import CollectionShop, Container, GoodsReceipt, NationalCollection, Weighing
from apps.receiving.services.receipts import LineCheck, NewReceiptLine, receipt_post, receipt_start
from apps.receiving.states import ReceiptStatus
from apps.sites.models import Location, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedLine:
    """What sorting made of one family (or product): grams kept and where, grams thrown away and why.

    ``line_id`` is that of the receipt's line, so that a refusal finds its form again.
    """

    line_id: UUID
    product: Product | None
    family: ProductFamily
    accepted_grams: int
    refused_grams: int = 0
    refusal_reason: str = ""
    expires_on: dt.date | None = None
    location: Location | None = None


@transaction.atomic
def collection_create(
    actor: Actor, *, op_key: UUID | None = None, name: str, site: Site, **fields: Any
) -> NationalCollection:
    """Prepare a collection, and the one anonymous file of a donor that its receipts are kept under.

    Raises:
        Forbidden: this person does not prepare collections.
        ValidationError: a field is wrong.
    """
    require(abilities(actor), "create")
    key = op_key or new_id()
    known = NationalCollection.objects.filter(pk=key).first()
    if known is not None:
        return known
    donor = donor_create(
        software(actor.label),
        op_key=new_id(),
        name=name,
        kind=GENERAL_PUBLIC,
        supply_source=SupplySource.NATIONAL_COLLECTION,
        city=site.city,
        department=site.department,
    )
    return record_create_once(actor, NationalCollection(id=key, name=name, site=site, donor=donor, **fields))


@transaction.atomic
def collection_update(actor: Actor, *, collection: NationalCollection, **fields: Any) -> NationalCollection:
    """Change a collection.

    Raises:
        Forbidden: this person does not prepare collections.
        ValidationError: a field is wrong.
    """
    require(abilities(actor, collection), "edit")
    record_update(actor, collection, fields)
    return collection


@transaction.atomic
def collection_archive(
    actor: Actor, *, collection: NationalCollection, archived: bool = True, reason: str = ""
) -> NationalCollection:
    """Put a collection away once everything is sorted, or take it out again."""
    require(abilities(actor, collection), "archive")
    return record_archive(actor, collection, archived=archived, reason=reason)


@transaction.atomic
def shop_create(
    actor: Actor,
    *,
    op_key: UUID | None = None,
    collection: NationalCollection,
    name: str,
    city: str,
    donor: Donor | None = None,
) -> CollectionShop:
    """Add a shop to a collection.

    Raises:
        Forbidden: this person neither weighs nor prepares collections.
        ValidationError: the shop already takes part.
    """
    require(abilities(actor, collection), "weigh")
    _require_open(collection)
    shop = CollectionShop(id=op_key or new_id(), collection=collection, name=name, city=city, donor=donor)
    return record_create_once(actor, shop)


@transaction.atomic
def shop_update(actor: Actor, *, shop: CollectionShop, **fields: Any) -> CollectionShop:
    """Change the name, the town or the file of a shop."""
    require(abilities(actor, shop), "edit")
    record_update(actor, shop, fields)
    return shop


@transaction.atomic
def container_create(actor: Actor, *, op_key: UUID | None = None, **fields: Any) -> Container:
    """Add a container that goods are weighed in, with what it weighs empty."""
    require(abilities(actor), "create")
    return record_create_once(actor, Container(id=op_key or new_id(), **fields))


@transaction.atomic
def container_update(actor: Actor, *, container: Container, **fields: Any) -> Container:
    """Change a container; what was weighed in it keeps the tare of its day."""
    require(abilities(actor, container), "edit")
    record_update(actor, container, fields)
    return container


@transaction.atomic
def container_archive(
    actor: Actor, *, container: Container, archived: bool = True, reason: str = ""
) -> Container:
    """Put a container away, or take it out again."""
    require(abilities(actor, container), "archive")
    return record_archive(actor, container, archived=archived, reason=reason)


@transaction.atomic
def weighing_record(
    actor: Actor,
    *,
    op_key: UUID,
    shop: CollectionShop,
    scale_grams: int,
    container: Container | None = None,
    container_count: int = 1,
) -> Weighing:
    """Record what the scale shows for a shop, less its containers; the same key weighs once.

    Raises:
        Forbidden: this person does not weigh.
        TareTooHeavy: nothing is left once the containers are taken off.
        CollectionClosed: the collection was put away.
    """
    require(abilities(actor, shop), "weigh")
    _require_open(shop.collection)
    count = container_count if container else 0
    tare = container.tare_grams * count if container else 0
    if scale_grams <= tare:
        raise errors.TareTooHeavy(tare=format_kg(tare))
    weighing = Weighing(
        id=op_key,
        shop=shop,
        scale_grams=scale_grams,
        container=container,
        container_count=count,
        tare_grams=tare,
        grams=scale_grams - tare,
    )
    return record_create_once(actor, weighing)


@transaction.atomic
def weighing_undo(actor: Actor, *, weighing: Weighing, reason: str = "") -> Weighing:
    """Take a weighing back; it stays in the history. Twice changes nothing."""
    require(abilities(actor, weighing), "weigh")
    locked = Weighing.objects.select_for_update(of=("self",)).select_related("shop").get(pk=weighing.pk)
    if locked.undone_at is None:
        locked.undone_at = clock.now()
        record_save(actor, locked, action="undone", reason=reason)
    return locked


@transaction.atomic
def collection_sort(
    actor: Actor,
    *,
    op_key: UUID,
    collection: NationalCollection,
    lines: Sequence[SortedLine],
    comment: str = "",
) -> GoodsReceipt:
    """Put what was sorted into stock: one receipt, one lot per line, waste refused with its reason.

    Raises:
        Forbidden: this person does not sort.
        ControlFailed: lines to correct, one refusal per field.
        DomainError: cold goods, nothing sorted, or more than was weighed and no word about it.
    """
    require(abilities(actor, collection), "sort")
    _require_open(collection)
    receipt = receipt_start(
        actor,
        op_key=op_key,
        site=collection.site,
        donor=collection.donor,
        supply_source=SupplySource.NATIONAL_COLLECTION,
        lines=[_to_receive(line) for line in lines],
    )
    if receipt.status != ReceiptStatus.EXPECTED:
        return receipt
    return receipt_post(actor, receipt=receipt, checks=[_checked(line) for line in lines], comment=comment)


def _to_receive(line: SortedLine) -> NewReceiptLine:
    return NewReceiptLine(
        line_id=line.line_id,
        product=line.product,
        family=line.family,
        expected_grams=line.accepted_grams + line.refused_grams,
    )


def _checked(line: SortedLine) -> LineCheck:
    goods = line.product or line.family
    return LineCheck(
        line_id=line.line_id,
        accepted_grams=line.accepted_grams,
        refused_grams=line.refused_grams,
        refusal_reason=line.refusal_reason,
        date_kind=goods.date_kind,
        expires_on=line.expires_on,
        location=line.location,
    )


def _require_open(collection: NationalCollection) -> None:
    if collection.is_archived:
        raise errors.CollectionClosed(name=str(collection))
