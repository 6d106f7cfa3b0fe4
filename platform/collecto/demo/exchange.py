"""What banks settle among themselves this morning: surplus offered and asked for, agreements, free room."""

import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.stock.selectors import reservable
from apps.stock.services import Item
from tenants.crossing import Purpose, in_tenant
from tenants.network.models import Surplus
from tenants.network.surplus.agreements import Terms, agreement_propose
from tenants.network.surplus.asking import surplus_ask
from tenants.network.surplus.publishing import surplus_publish
from tenants.network.surplus.resources import resources_set
from tenants.network.surplus.states import Driver
from tenants.registry.models import FoodBank

People = dict[Role, Actor]
DAYS = 2
LEAST_GRAMS = 2_000
MOST_GRAMS = 20_000
ASKING = 2


def settle(home: FoodBank, others: list[tuple[FoodBank, People]], people: People) -> None:
    """Let the home bank offer surplus that others ask for, and ask the first other one that offers some."""
    other, theirs = others[0]
    offered = _offer(home, people)
    for bank, staff in others[:ASKING]:
        _ask(bank, staff, offered)
    _ask(home, people, next(filter(None, (_offer(bank, staff) for bank, staff in others)), None))
    with in_tenant(other, Purpose.DEMONSTRATION):
        terms = Terms(weekly_grams=500_000, driver=Driver.SENDER, starts_on=clock.today())
        key = _key("agreement", other)
        agreement_propose(theirs[Role.STOCK], op_key=key, other=home, gives=False, terms=terms)
        resources_set(theirs[Role.STOCK], free={"FROZEN_M18": 1_200_000}, tells_arrivals=True)
    with in_tenant(home, Purpose.DEMONSTRATION):
        next_one, _staff = others[-1]
        ours = Terms(weekly_grams=200_000, driver=Driver.SENDER, starts_on=clock.today())
        key = _key("agreement", home)
        agreement_propose(people[Role.STOCK], op_key=key, other=next_one, gives=True, terms=ours)


def _offer(bank: FoodBank, people: People) -> Surplus | None:
    """Offer a little of two lots that keep, if the bank has any."""
    until = clock.now() + dt.timedelta(days=DAYS)
    with in_tenant(bank, Purpose.DEMONSTRATION):
        free = reservable(for_day=clock.local(until).date()).filter(grams__gte=LEAST_GRAMS)
        spare = free.select_related("account__lot__family", "account__location")
        items = [
            Item(balance.account.lot, balance.account.location, min(balance.grams // 2, MOST_GRAMS))
            for balance in spare.order_by("-grams", "account_id")[:2]
            if balance.account.location is not None
        ]
        if not items:
            return None
        return surplus_publish(
            people[Role.STOCK],
            op_key=_key("surplus", bank),
            items=items,
            until=until,
            comment="Rayon plein, à prendre d’ici deux jours",
        )


def _ask(bank: FoodBank, people: People, surplus: Surplus | None) -> None:
    """Ask for half of each line."""
    if surplus is None:
        return
    with in_tenant(bank, Purpose.DEMONSTRATION):
        wanted = {line.pk: line.grams // 2 for line in surplus.lines.all()}
        surplus_ask(people[Role.STOCK], op_key=_key("ask", bank), surplus=surplus, wanted=wanted)


def _key(what: str, bank: FoodBank) -> UUID:
    return uuid5(NAMESPACE_URL, f"demonstration {what} {bank.slug}")
