"""Food comes to the network: donor accounts, publishing an offer, taking it back."""

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from apps.donors.states import DonorKind, SupplySource
from apps.kernel import clock, facts
from apps.kernel.abilities import Actor, require
from apps.offers.services import Place
from apps.offers.states import OfferKind
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.library.models import LibraryFamily
from tenants.network import errors, routing
from tenants.network.abilities import abilities
from tenants.network.facts import OfferPublished
from tenants.network.givable import Goods, refusal_of
from tenants.network.models import DonorAccount, NetworkOffer, NetworkOfferLine
from tenants.network.selectors import zone_of
from tenants.network.states import NetworkOfferStatus

SOURCES: Final[dict[str, SupplySource]] = {
    DonorKind.RETAIL_PLATFORM: SupplySource.GMS_PLATFORM,
    DonorKind.FOOD_INDUSTRY: SupplySource.INDUSTRY,
    DonorKind.WHOLESALER: SupplySource.INDUSTRY,
    DonorKind.FARM: SupplySource.AGRI_DONATION,
    DonorKind.FARM_COOP: SupplySource.AGRI_DONATION,
    DonorKind.CENTRAL_KITCHEN: SupplySource.CATERING,
    DonorKind.SCHOOL_KITCHEN: SupplySource.CATERING,
}
"""Supply source of a gift by kind of donor; every kind of shop is a retail pick-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNetworkLine:
    """Goods of a new offer: a product of the library, or a mix of one family under a free label."""

    family_code: str
    grams: int
    label: str
    temperature_class: str
    date_kind: str
    expires_on: dt.date | None = None
    product_ref: str = ""
    pallet_count: int | None = None
    cents_per_kg: int = 0


def donor_account_ensure(
    actor: Actor, *, email: str, name: str, kind: str, department: str, **details: object
) -> DonorAccount:
    """Return the account with this e-mail and name, opened if unknown; a known one is never changed here.

    ``details`` are the optional fields of :class:`DonorAccount`.

    Raises:
        ValidationError: a field is wrong.
    """
    require(abilities(actor), "publish")
    wanted = {"email": email.strip().lower(), "name": " ".join(name.split())}
    with in_platform(Purpose.ROUTING), transaction.atomic():
        found = DonorAccount.objects.filter(**wanted).first()
        if found is not None:
            return found
        account = DonorAccount(**wanted, kind=kind, department=department, **details)
        account.full_clean(validate_unique=False, validate_constraints=False)
        DonorAccount.objects.bulk_create([account], ignore_conflicts=True)
        return DonorAccount.objects.get(**wanted)


def offer_publish(
    actor: Actor,
    *,
    op_key: UUID,
    account: DonorAccount,
    place: Place,
    pickup_from: dt.datetime,
    pickup_until: dt.datetime,
    lines: Sequence[NewNetworkLine],
    kind: str = OfferKind.GIFT,
    supply_source: str | None = None,
    comment: str = "",
    entry: Entry | None = None,
    is_weekly: bool = False,
) -> NetworkOffer:
    """Publish food to the network and ask the first banks, in one transaction.

    The same ``op_key`` again returns the first offer, and writes no second letter. ``entry`` is how the page
    of the donor is reached, whose letter leads back there in the language of that page; offered elsewhere,
    nobody gets a letter.

    Raises:
        DomainError: no goods, a pick-up window that is over or reversed, or a gift that asks money.
        NotGivable: food that may not be given.
    """
    require(abilities(actor), "publish")
    if not lines or any(line.grams < 1 for line in lines):
        raise errors.NoGoods
    if kind == OfferKind.GIFT and any(line.cents_per_kg for line in lines):
        raise errors.NotOnTheseTerms
    if pickup_from > pickup_until or pickup_until <= clock.now():
        raise errors.WindowClosed
    with in_platform(Purpose.ROUTING), transaction.atomic():
        known = NetworkOffer.objects.filter(op_key=op_key).first()
        if known is not None:
            return known
        require_givable(lines, on=pickup_from.astimezone(zone_of(place.department)).date())
        offer = NetworkOffer.objects.create(
            number=_next_number(),
            op_key=op_key,
            donor_account=account,
            kind=kind,
            supply_source=supply_source or _source(kind, account),
            address=place.address,
            city=place.city,
            department=place.department,
            latitude=place.latitude,
            longitude=place.longitude,
            pickup_from=pickup_from,
            pickup_until=pickup_until,
            offered_grams=sum(line.grams for line in lines),
            comment=comment,
        )
        NetworkOfferLine.objects.bulk_create(
            _row(offer, position, line) for position, line in enumerate(lines)
        )
        routing.ask_next(offer)
        if entry is not None:
            facts.emit(
                OfferPublished(
                    offer_id=offer.pk,
                    scheme=entry.scheme,
                    port=entry.port,
                    language=get_language() or settings.LANGUAGE_CODE,
                    is_weekly=is_weekly,
                )
            )
        return offer


def offer_withdraw(actor: Actor, *, offer: NetworkOffer) -> NetworkOffer:
    """Take back what nobody has taken yet: the banks asked now are told, nobody else is asked.

    Raises:
        Forbidden: this is not the donor's own offer.
        Conflict: a bank has answered.
    """
    require(abilities(actor, offer), "withdraw")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        return routing.offer_recall(offer, otherwise=NetworkOfferStatus.WITHDRAWN)


def goods_of(line: NewNetworkLine | NetworkOfferLine, *, infants: Container[str] = ()) -> Goods:
    """Return what the rules of giving read of a line; ``infants`` are the families for infants."""
    return Goods(
        family_code=line.family_code,
        label=line.label,
        temperature_class=line.temperature_class,
        date_kind=line.date_kind,
        expires_on=line.expires_on,
        is_infant_food=line.family_code in infants,
    )


def require_givable(lines: Sequence[NewNetworkLine], *, on: dt.date) -> None:
    """Refuse food that may not be given, picked up on a day of its place.

    Raises:
        NotGivable: some of it may not.
    """
    infants = frozenset(LibraryFamily.objects.filter(is_infant_food=True).values_list("code", flat=True))
    for line in lines:
        refusal = refusal_of(goods_of(line, infants=infants), on=on)
        if refusal is not None:
            raise errors.NotGivable(refusal, label=line.label)


def _row(offer: NetworkOffer, position: int, line: NewNetworkLine) -> NetworkOfferLine:
    return NetworkOfferLine(
        offer=offer,
        position=position,
        product_ref=line.product_ref,
        family_code=line.family_code,
        label=line.label,
        temperature_class=line.temperature_class,
        date_kind=line.date_kind,
        expires_on=line.expires_on,
        grams=line.grams,
        remaining_grams=line.grams,
        pallet_count=line.pallet_count,
        cents_per_kg=line.cents_per_kg,
    )


def _source(kind: str, account: DonorAccount) -> SupplySource:
    """Return where the goods come from when the donor does not say."""
    if kind == OfferKind.SALE:
        return SupplySource.PURCHASE_OWN
    return SOURCES.get(account.kind, SupplySource.GMS_RAMASSE)


def _next_number() -> str:
    """Return the next reference of an offer; no legal document, so a gap does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.network_offer_number')")
        (last,) = cursor.fetchone()
    return f"RO-{clock.today().year}-{last:05d}"
