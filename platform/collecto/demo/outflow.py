"""Afternoons of the simulated week: charities order, volunteers pick, goods are handed over or lost."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import override

from apps.delivery.jobs import NOTES_OF_DAY, DayOfNotes
from apps.delivery.models import PickingList
from apps.delivery.selectors import last_day_of_notes
from apps.delivery.services import handover_record, picking_record
from apps.delivery.states import PickingStatus
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import DomainError
from apps.kernel.jobs.services import job_ask
from apps.kernel.scope import current_scope
from apps.orders.selectors import classes_refused_to, sources_refused_to
from apps.orders.services import WantedLine, order_place
from apps.partners.models import Partner
from apps.stock.models import Lot
from apps.stock.selectors import available_by_lot, stock_by_product
from apps.stock.services import stock_lose
from apps.stock.states import LossDestination, LossReason
from collecto.demo.dice import Dice
from collecto.demo.files import Files

ORDERS_PER_WEEK = {"TWICE_WEEKLY": 2.0, "WEEKLY": 1.3, "MONTHLY": 0.5}
WEEKS = 52


def order(dice: Dice, files: Files, partner: Partner, row: dict[str, str], actor: Actor) -> None:
    """Let a charity order for tomorrow what suits it, in proportion to the people it serves."""
    tomorrow = clock.today() + dt.timedelta(days=1)
    goods = stock_by_product(
        site=files.site,
        for_day=tomorrow,
        accepts_past_best_before=partner.accepts_past_best_before,
        life_days=partner.life_days,
        excluded_sources=sources_refused_to(partner, tomorrow),
        excluded_temperature_classes=classes_refused_to(partner),
    )
    chosen = dice.some(goods, 10)
    if not chosen:
        return
    week_grams = float(row["kg_per_year"]) * 1000 / WEEKS
    lines = [
        WantedLine(
            product=item.product,
            programme=item.programme,
            family=item.family,
            grams=min(item.grams, dice.grams(max(2.0, week_grams / 1000 / len(chosen)))),
        )
        for item in chosen
    ]
    try:
        order_place(
            actor, op_key=dice.key(), partner=partner, site=files.site, wanted_on=tomorrow, lines=lines
        )
    except DomainError:
        return


def pick(dice: Dice, actor: Actor) -> None:
    """Weigh what the shelves give for every order that waits."""
    for picking in PickingList.objects.filter(status=PickingStatus.TO_PICK).order_by("order__number"):
        weights = {
            line.pk: line.reserved_grams - (100 if line.reserved_grams > 5_000 and dice.happens(0.1) else 0)
            for line in picking.lines.order_by("reservation__lot__number", "reservation__location__code")
        }
        picking_record(actor, picking_list=picking, weights=weights)


def hand_over(dice: Dice, actor: Actor) -> None:
    """Hand over what was picked for today."""
    ready = PickingList.objects.filter(status=PickingStatus.PICKED, order__wanted_on__lte=clock.today())
    for picking in ready.select_related("order__partner").order_by("order__number"):
        handover_record(
            actor,
            picking_list=picking,
            op_key=dice.key(),
            received_by=f"Équipe {picking.order.partner.name}"[:100],
            chilled_temperature_c=Decimal("3.5"),
            frozen_temperature_c=Decimal("-18.5"),
        )


def print_day(dice: Dice, actor: Actor) -> None:
    """Have the delivery notes of the last day printed, in the background."""
    day = last_day_of_notes()
    if day is not None:
        base = f"http://{current_scope().bank_slug}.localhost:8000/"
        with override("fr"):
            job_ask(actor, kind=NOTES_OF_DAY, asked=DayOfNotes(day=day, base=base), op_key=dice.key())


def lose(dice: Dice, people: dict[Role, Actor]) -> None:
    """Write off what is over its date, and a damaged crate now and then."""
    for held in available_by_lot():
        if held.on_hand_grams <= 0:
            continue
        if _is_over(held.lot):
            reason, destination, grams = (
                LossReason.USE_BY_PASSED,
                LossDestination.METHANISATION,
                held.on_hand_grams,
            )
        elif dice.happens(0.01):
            reason, destination = LossReason.DAMAGED, LossDestination.COMPOST
            grams = min(held.on_hand_grams, 2_000)
        else:
            continue
        stock_lose(
            people[Role.STOCK],
            op_key=dice.key(),
            lot=held.lot,
            location=held.location,
            grams=grams,
            reason=reason,
            destination=destination,
        )


def _is_over(lot: Lot) -> bool:
    return lot.date_kind == "USE_BY" and lot.expires_on is not None and lot.expires_on < clock.today()
