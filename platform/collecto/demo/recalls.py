"""A recall in the demonstration, played as an exercise with goods that one bank has handed over."""

from typing import Any, Final

from apps.catalogue.services import product_update
from apps.kernel.abilities import Actor, Role
from apps.orders.models import Order, Reservation
from apps.orders.states import OPEN
from apps.recalls.models import RecallMatch
from apps.recalls.services import case_open, match_confirm
from apps.recalls.states import MatchState
from apps.stock.models import Lot, Movement
from apps.stock.states import MovementKind
from collecto.demo.dice import Dice

GTIN: Final = "09521000000049"


def exercise(dice: Dice, people: dict[Role, Actor]) -> None:
    """Recall goods that the first charity took and, if there are any, that no open order holds."""
    lot = _lot_taken()
    if lot is None:
        return
    case = case_open(
        people[Role.STOCK],
        op_key=dice.key(),
        title=lot.label,
        motive="Exercice : présence fictive de fragments de verre.",
        advice="Ne plus distribuer, mettre de côté, répondre par le lien.",
        is_exercise=True,
        **_named(lot, people[Role.MANAGER]),
    )
    for match in RecallMatch.objects.filter(case=case, lot=lot, state=MatchState.TO_CHECK):
        match_confirm(people[Role.STOCK], match=match, reason="Exercice : le magasin confirme")


def _lot_taken() -> Lot | None:
    """Return a lot that the charity of the first order took, rather one that nobody waits for."""
    first = Order.objects.order_by("pk").first()
    held = Reservation.objects.filter(line__order__status__in=OPEN, grams__gt=0).values("lot")
    taken = Movement.objects.filter(kind=MovementKind.DELIVER).select_related("lot__product")
    own = taken.filter(party_id=first.partner_id if first else None).order_by("lot__number")
    found = own.exclude(lot__in=held).first() or own.first() or taken.order_by("lot__number").first()
    return found.lot if found else None


def _named(lot: Lot, manager: Actor) -> dict[str, Any]:
    """Return how the recall names the lot: by barcode and date, or by who gave it and when."""
    if lot.product is None or lot.expires_on is None:
        return {
            "distributors": lot.donor_label,
            "sold_from": lot.received_on,
            "sold_until": lot.received_on,
        }
    if not lot.product.gtin:
        product_update(manager, product=lot.product, gtin=GTIN)
    return {"gtin": lot.product.gtin or GTIN, "date_text": f"{lot.expires_on:%d/%m/%Y}"}
