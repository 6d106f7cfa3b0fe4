"""Reads about offers and transfers.

A bank reads in its own scope, where the database shows it the shared rows that concern it; what the whole
network needs hops to the platform's scope and answers rows already read.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.http import Http404

from apps.catalogue.states import TemperatureClass
from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.models import AuditEntry
from apps.kernel.scope import current_bank_id
from apps.kernel.telling import HistoryLine, told
from apps.stock.models import Lot
from apps.stock.selectors import expired, last_day
from tenants.crossing import Purpose, in_platform
from tenants.network.models import (
    DonorAccount,
    NetworkOffer,
    NetworkOfferLine,
    RoutingAct,
    RoutingStep,
    Transfer,
    TransferEvent,
    TransferLine,
)
from tenants.network.rules import Ask, OfferToRoute, Why, route
from tenants.network.standing import candidates, policy_now, rule_of
from tenants.network.states import OPEN_TRANSFERS, UNDER_WAY, TransferState
from tenants.registry import territory
from tenants.registry.models import FoodBank, erased_name
from tenants.registry.selectors import banks_serving, operating_banks
from tenants.registry.states import BankStatus

USUAL_FAMILIES = (
    "PAIN_BOULANGERIE",
    "FRUITS_LEGUMES_FRAIS",
    "PRODUITS_LAITIERS",
    "VIANDES",
    "PLATS_PREPARES",
    "EPICERIE_SALEE",
    "EPICERIE_SUCREE",
    "BOISSONS",
)
"""What shops give most, before a donor has habits of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFlow:
    """Grams that one bank shipped to another, what arrived of them and what was lost on the road."""

    from_bank_id: UUID
    from_label: str
    to_bank_id: UUID
    to_label: str
    shipped_grams: int
    received_grams: int
    lost_grams: int


def families_at_hand(account: DonorAccount | None) -> list[str]:
    """Return the families to show a donor first: what it gives most, then what everybody gives."""
    given: list[str] = []
    if account is not None:
        lines = NetworkOfferLine.objects.filter(offer__donor_account=account)
        counted = lines.values("family_code").annotate(times=Count("pk")).order_by("-times", "family_code")
        given = [row["family_code"] for row in counted[: len(USUAL_FAMILIES)]]
    return [*given, *(code for code in USUAL_FAMILIES if code not in given)][: len(USUAL_FAMILIES)]


def offer_to_route(
    offer: NetworkOffer, lines: Sequence[NetworkOfferLine], free: Mapping[UUID, int]
) -> OfferToRoute:
    """Return what the router needs of the goods of an offer that are ``free``, by line (platform's scope).

    A place without coordinates counts as its prefecture: good enough to order banks by distance.
    """
    found = _from_department(
        offer.department,
        grams=sum(free.values()),
        temperature_class=coldest([line for line in lines if free[line.pk]]),
        days_left=days_left(lines),
    )
    found = replace(found, pallet_grams=pallet_grams(lines))
    if offer.latitude is None or offer.longitude is None:
        return found
    return replace(found, latitude=offer.latitude, longitude=offer.longitude)


def pallet_grams(lines: Sequence[NetworkOfferLine]) -> int | None:
    """Return the mean weight of a pallet of some goods; ``None`` when the donor counts no pallet."""
    counted = [line for line in lines if line.pallet_count]
    pallets = sum(line.pallet_count or 0 for line in counted)
    return max(sum(line.grams for line in counted) // pallets, 1) if pallets else None


def _from_department(
    code: str, *, grams: int, temperature_class: str = "", days_left: int | None = None
) -> OfferToRoute:
    """Return goods at the prefecture of a department, as the router sees them.

    Raises:
        UnknownDepartmentError: no department has this code.
    """
    home = territory.department(code)
    region = {d.code for d in territory.departments() if d.region == home.region}
    return OfferToRoute(
        department=code,
        latitude=home.latitude,
        longitude=home.longitude,
        grams=grams,
        temperature_class=temperature_class,
        days_left=days_left,
        neighbours=frozenset(home.neighbours),
        region=frozenset(region - {code}),
    )


def days_left(lines: Sequence[NetworkOfferLine]) -> int | None:
    """Return the days to the earliest date of some goods, ``None`` when none has a date."""
    dates = [line.expires_on for line in lines if line.expires_on is not None]
    return (min(dates) - clock.today()).days if dates else None


def coldest(lines: Sequence[NetworkOfferLine]) -> str:
    """Return the coldest temperature class among some goods: the one that decides who has room."""
    return max((line.temperature_class for line in lines), key=TemperatureClass.values.index, default="")


def offer_followed(token: str) -> NetworkOffer:
    """Return an offer with its lines and steps, for whoever holds its secret word.

    Raises:
        Http404: no offer has it.
    """
    with in_platform(Purpose.ROUTING):
        offer = _followed().filter(public_token=token).first()
    if offer is None:
        raise Http404
    return offer


def trail_of_step(step_id: UUID) -> NetworkOffer:
    """Return the offer behind a question put to the open bank, with every bank asked, in order.

    Raises:
        Http404: the question was not put to this bank.
    """
    offer = _followed().filter(steps__in=[step_id], steps__bank_id=current_bank_id()).first()
    if offer is None:
        raise Http404
    return offer


def _followed() -> QuerySet[NetworkOffer]:
    return offers_followed().select_related("donor_account")


def offers_followed() -> QuerySet[NetworkOffer]:
    """Return every offer with its lines, its steps and what was done by hand.

    A step has its grounds where the open scope reads them: the others come without.
    """
    return _with_trail(RoutingAct.objects.all())


def offers_at_the_desk() -> QuerySet[NetworkOffer]:
    """Return every offer as ``offers_followed`` does, with who acted: no bank's role may."""
    return _with_trail(RoutingAct.objects.select_related("actor"))


def _with_trail(acts: QuerySet[RoutingAct]) -> QuerySet[NetworkOffer]:
    steps = RoutingStep.objects.select_related("bank", "grounds").order_by("rank", "pk")
    return NetworkOffer.objects.prefetch_related(
        "lines", Prefetch("steps", queryset=steps), Prefetch("acts", queryset=acts)
    )


def offers_under_way() -> QuerySet[NetworkOffer]:
    """Return the offers that still look for a taker, with how many banks were asked."""
    return NetworkOffer.objects.filter(status__in=UNDER_WAY).annotate(asked_count=Count("steps"))


def banks_to_ask(offer: NetworkOffer) -> list[FoodBank]:
    """Return the banks at work that an offer was not put to, by name."""
    return list(operating_banks().exclude(routing_steps__offer=offer))


def transfers_of(bank_id: UUID) -> QuerySet[Transfer]:
    """Return the transfers a bank sends or receives, with the grams proposed."""
    mine = Transfer.objects.filter(Q(from_bank_id=bank_id) | Q(to_bank_id=bank_id))
    return mine.annotate(grams=Sum("lines__proposed_grams"))


def transfer_here(pk: UUID) -> Transfer:
    """Return a transfer of the open bank with its lines.

    Raises:
        Http404: no such transfer, or not of this bank.
    """
    found = (
        transfers_of(current_bank_id())
        .select_related("from_bank", "to_bank", "surplus")
        .prefetch_related("lines")
    )
    transfer = found.filter(pk=pk).first()
    if transfer is None:
        raise Http404
    return transfer


def told_by_the_other(transfer: Transfer, labels: Mapping[str, Text], most: int) -> list[HistoryLine]:
    """Return what the other bank did with a transfer of the open bank, newest first, under its name."""
    theirs = TransferEvent.objects.filter(transfer=transfer).exclude(bank_id=current_bank_id())
    return [
        told(
            AuditEntry(
                at=event.at,
                actor_id=event.bank_id,
                actor_label=event.bank_label,
                actor_role=event.actor_role,
                record_kind=transfer._meta.label_lower,
                action=event.action,
                changes=event.changes,
                reason=event.reason,
            ),
            labels=labels,
        )
        for event in theirs[:most]
    ]


def transfers_waiting() -> dict[str, int]:
    """Return how many transfers wait for the open bank: to answer, to ship, to receive."""
    bank_id = current_bank_id()
    return Transfer.objects.aggregate(
        to_answer=Count("pk", Q(to_bank_id=bank_id, state=TransferState.PROPOSED)),
        to_ship=Count("pk", Q(from_bank_id=bank_id, state=TransferState.ACCEPTED)),
        to_receive=Count("pk", Q(to_bank_id=bank_id, state=TransferState.SHIPPED)),
    )


def transfers_past_date() -> list[Transfer]:
    """Return what the open bank agreed to send, with goods reserved that may no longer leave, by number.

    Two queries; one where nothing is reserved.
    """
    lines = TransferLine.objects.filter(
        transfer__from_bank_id=current_bank_id(), transfer__state=TransferState.ACCEPTED, held_grams__gt=0
    )
    held = list(lines.select_related("transfer"))
    lots = Lot.objects.annotate(last_day=last_day("")).filter(
        expired(""), pk__in={line.lot_id for line in held}
    )
    over = set(lots.values_list("pk", flat=True))
    found = {line.transfer_id: line.transfer for line in held if line.lot_id in over}
    return sorted(found.values(), key=lambda transfer: transfer.number)


def _shown(name: str, status: str) -> str:
    return erased_name(name) if status == BankStatus.ERASED else name


def flows_between_banks(*, since: dt.date | None = None, until: dt.date | None = None) -> list[BankFlow]:
    """Return what each bank shipped to each other (shipped within the days given), largest first.

    Runs in the scope of the platform or of the federation.
    """
    shipped = TransferLine.objects.filter(shipped_grams__gt=0)
    if since is not None:
        shipped = shipped.filter(transfer__shipped_on__gte=since)
    if until is not None:
        shipped = shipped.filter(transfer__shipped_on__lte=until)
    rows = (
        shipped.values(
            from_bank_id=F("transfer__from_bank_id"),
            from_label=F("transfer__from_bank__name"),
            from_status=F("transfer__from_bank__status"),
            to_bank_id=F("transfer__to_bank_id"),
            to_label=F("transfer__to_bank__name"),
            to_status=F("transfer__to_bank__status"),
        )
        .annotate(shipped=Sum("shipped_grams"), received=Sum("received_grams"), lost=Sum("lost_grams"))
        .order_by("-shipped", Fold("from_label"), Fold("to_label"))
    )
    return [
        BankFlow(
            from_bank_id=row["from_bank_id"],
            from_label=_shown(row["from_label"], row["from_status"]),
            to_bank_id=row["to_bank_id"],
            to_label=_shown(row["to_label"], row["to_status"]),
            shipped_grams=row["shipped"],
            received_grams=row["received"],
            lost_grams=row["lost"],
        )
        for row in rows
    ]


def open_transfers() -> list[Transfer]:
    """Return the transfers under way in the whole network, oldest first (platform or federation)."""
    under_way = Transfer.objects.filter(state__in=OPEN_TRANSFERS).annotate(grams=Sum("lines__proposed_grams"))
    return list(under_way.order_by("created_at", "pk"))


def in_transit_grams() -> int:
    """Return the grams on the road between banks now (platform or federation)."""
    on_the_road = TransferLine.objects.aggregate(
        grams=Sum(F("shipped_grams") - F("received_grams") - F("lost_grams"))
    )
    return on_the_road["grams"] or 0


def asking_order(department: str, *, most: int = 3) -> list[tuple[FoodBank, Why]]:
    """Return the banks that an offer from a department reaches, in the order of asking.

    Raises:
        UnknownDepartmentError: no department has this code.
    """
    anything = _from_department(department, grams=1)
    with in_platform(Purpose.ROUTING):
        banks = {bank.pk: bank for bank in operating_banks()}
        known, policy = candidates(), rule_of(policy_now())
    asked: list[Ask] = []
    while len(asked) < most:
        questions = route(anything, known, frozenset(ask.bank_id for ask in asked), policy)
        if not questions:
            break
        asked += questions
    return [(banks[ask.bank_id], ask.why) for ask in asked[:most]]


def zone_of(department: str) -> ZoneInfo:
    """Return the time zone of the bank that serves a department, else that of Paris."""
    with in_platform(Purpose.ROUTING):
        home = next(iter(banks_serving(department)), None)
    return ZoneInfo(home.timezone if home else "Europe/Paris")


def banks_to_send_to(bank_id: UUID) -> list[FoodBank]:
    """Return the other banks and antennas at work, by name."""
    return list(operating_banks().exclude(pk=bank_id))
