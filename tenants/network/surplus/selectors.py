"""Reads about surplus between banks, in a bank's scope: the database shows the rows that concern it."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import Http404

from apps.kernel import clock
from apps.kernel.scope import current_bank_id
from tenants.network.models import SharedNeed, Surplus, SurplusLine, SurplusRequest
from tenants.network.surplus.reach import km_between
from tenants.network.surplus.states import RequestState, SurplusState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus


def surplus_board() -> QuerySet[SurplusLine]:
    """Return the goods offered now of which something is left, ours among them.

    ``left`` is in grams; ``km`` as the crow flies from this bank, null when unknown; ``lacking`` tells
    whether this bank tells others that it lacks goods of the family.
    """
    lines = SurplusLine.objects.select_related("surplus").annotate(
        left=F("grams") - F("allocated_grams") - F("freed_grams")
    )
    offered = lines.filter(
        surplus__state=SurplusState.OPEN,
        surplus__until__gt=clock.now(),
        surplus__bank__status=BankStatus.ACTIVE,
        left__gt=0,
    )
    own_needs = SharedNeed.objects.filter(bank_id=current_bank_id(), family_code=OuterRef("family_code"))
    whens = [When(surplus__bank_id=pk, then=Value(km)) for pk, km in distances().items()]
    return offered.annotate(
        lacking=Exists(own_needs),
        km=Case(*whens, default=Value(None), output_field=IntegerField()),
    )


def distances() -> Mapping[UUID, int]:
    """Return the whole km from the open bank to each bank that offers something now."""
    offering = Surplus.objects.filter(state=SurplusState.OPEN, until__gt=clock.now())
    wanted = Q(pk__in=offering.values("bank_id")) | Q(pk=current_bank_id())
    banks = {bank.pk: bank for bank in FoodBank.objects.filter(wanted)}
    home = banks.pop(current_bank_id())
    found = {pk: km_between(home, bank) for pk, bank in banks.items()}
    return {pk: km for pk, km in found.items() if km is not None}


def surplus_shown() -> QuerySet[Surplus]:
    """Return the surplus that the open bank sees, with its goods and the requests it may read."""
    requests = SurplusRequest.objects.prefetch_related("wishes__line").select_related("surplus")
    return Surplus.objects.prefetch_related("lines", Prefetch("requests", queryset=requests))


def requests_shown() -> QuerySet[SurplusRequest]:
    """Return the requests of the open bank and those put to it, with what they ask for."""
    return SurplusRequest.objects.select_related("surplus").prefetch_related("wishes__line")


def own_surplus_waiting() -> int:
    """Return how many requests wait for an answer of the open bank."""
    waiting = SurplusRequest.objects.filter(state=RequestState.ASKED)
    return waiting.filter(surplus__bank_id=current_bank_id()).count()


def surplus_to_ask(surplus: Surplus) -> list[SurplusLine]:
    """Return the lines of a surplus of which something is left.

    Raises:
        Http404: there is none.
    """
    left = [line for line in surplus.lines.all() if line.left_grams]
    if not left:
        raise Http404
    return left
