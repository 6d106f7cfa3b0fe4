"""What the network writes into one bank's own schema: its file on a donor, its copy of the question."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.donors.models import Donor
from apps.donors.services import donor_create
from apps.kernel.abilities import software
from apps.kernel.errors import Conflict, DomainError
from apps.offers import services as offers
from apps.offers.models import Offer
from apps.offers.states import TAKEN
from tenants.crossing import BankUnavailable, Purpose, in_tenant
from tenants.network.models import NetworkOffer, NetworkOfferLine, RoutingStep
from tenants.registry.states import BankStatus

NETWORK = software("COLLECTO")
STANDING_RULES = software("standing rules")

COPIED: Final = (
    "name", "kind", "siret", "address", "city", "department", "latitude", "longitude", "contact_name",
    "email", "phone",
)  # fmt: skip
"""What a bank's new file on a donor takes from its account; the bank changes its own copy as it likes."""


def can_hold(step: RoutingStep, lines: Sequence[NetworkOfferLine]) -> bool:
    """Tell whether the bank's catalogue knows every family of what it is asked for."""
    asked = {UUID(each["line"]) for each in step.asked}
    codes = {line.family_code for line in lines if line.pk in asked}
    with in_tenant(step.bank, Purpose.ROUTING):
        return ProductFamily.objects.active().filter(code__in=codes).count() == len(codes)


def offer_put(
    step: RoutingStep, offer: NetworkOffer, lines: Sequence[NetworkOfferLine], *, takes: bool = False
) -> bool:
    """Record the question in the bank's schema; true when its standing rules (``takes``) accepted it at once.

    What the rules may not take, such as food whose date is over at the pick-up, waits for its people.
    """
    with in_tenant(step.bank, Purpose.ROUTING):
        recorded = offers.offer_record(
            NETWORK,
            op_key=step.pk,
            network_step_id=step.pk,
            donor=donor_file(offer),
            kind=offer.kind,
            supply_source=offer.supply_source,
            place=offers.Place(
                address=offer.address,
                city=offer.city,
                department=offer.department,
                latitude=offer.latitude,
                longitude=offer.longitude,
            ),
            pickup_from=offer.pickup_from,
            pickup_until=offer.pickup_until,
            answer_by=step.deadline,
            lines=_goods(step, lines),
            comment=offer.comment,
        )
        return takes and _taken_at_once(recorded)


def _taken_at_once(offer: Offer) -> bool:
    try:
        with transaction.atomic():
            offers.offer_accept(STANDING_RULES, offer=offer)
    except DomainError:
        return False
    return True


def offer_expired(step: RoutingStep) -> bool:
    """Let the bank's offer expire; false when the bank has answered: its answer is on its way."""
    return _closed(step, offers.offer_expire)


def offer_withdrawn(step: RoutingStep) -> bool:
    """Withdraw the bank's offer; false when the bank has answered already."""
    return _closed(step, offers.offer_withdraw)


def donor_file(offer: NetworkOffer) -> Donor:
    """Return the open bank's own file on the donor, opened from its account the first time.

    A donor without an address of its own is known by the place of its first offer.
    """
    account = offer.donor_account
    copied = {name: getattr(account, name) for name in COPIED}
    found = Donor.objects.filter(account_id=account.pk).first()
    return found or donor_create(
        NETWORK,
        op_key=account.pk,
        account_id=account.pk,
        supply_source=offer.supply_source,
        **copied | {"city": account.city or offer.city},
    )


def _closed(step: RoutingStep, act: Callable[..., Any]) -> bool:
    """Close the bank's offer unless it is answered; a bank that was put away cannot answer any more.

    A suspended bank may come back: its offer is closed all the same, and what it took stays taken.
    """
    away = step.bank.status == BankStatus.SUSPENDED
    try:
        with in_tenant(step.bank, Purpose.PROVISIONING if away else Purpose.ROUTING):
            return _closed_here(step, act) or (away and not _is_taken(step))
    except BankUnavailable:
        return True


def _closed_here(step: RoutingStep, act: Callable[..., Any]) -> bool:
    try:
        act(NETWORK, offer=Offer.objects.get(network_step_id=step.pk))
    except Conflict:
        return False
    return True


def _is_taken(step: RoutingStep) -> bool:
    """Tell whether the bank took something: a refusal that waits for it to come back holds up nobody."""
    return Offer.objects.filter(network_step_id=step.pk, status__in=TAKEN).exists()


def _goods(step: RoutingStep, lines: Sequence[NetworkOfferLine]) -> list[offers.NewOfferLine]:
    """Return what the bank is asked for, line by line, in the words of its catalogue."""
    by_id = {line.pk: line for line in lines}
    asked = [(by_id[UUID(each["line"])], int(each["grams"])) for each in step.asked]
    families = ProductFamily.objects.active().in_bulk(
        [line.family_code for line, _grams in asked], field_name="code"
    )
    refs = [line.product_ref for line, _grams in asked if line.product_ref]
    products = Product.objects.active().in_bulk(refs, field_name="ref")
    return [
        offers.NewOfferLine(
            product=products.get(line.product_ref),
            family=families[line.family_code],
            grams=grams,
            label=line.label,
            temperature_class=line.temperature_class,
            date_kind=line.date_kind,
            expires_on=line.expires_on,
            pallet_count=_pallets(line, grams),
            cents_per_kg=line.cents_per_kg,
        )
        for line, grams in asked
    ]


def _pallets(line: NetworkOfferLine, grams: int) -> int | None:
    """Return the pallets of a part of a line, one that is begun counted."""
    return None if line.pallet_count is None else -(-line.pallet_count * grams // line.grams)
