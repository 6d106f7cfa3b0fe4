"""Goods enter the stock."""

from django.db import transaction

from apps.donors.states import PURCHASES
from apps.kernel.abilities import Actor, require
from apps.receiving.models import GoodsReceipt
from apps.stock import ledger
from apps.stock.abilities import abilities
from apps.stock.errors import LocationMissing
from apps.stock.ledger import Document, Leg, on_hand, post
from apps.stock.locks import retrying
from apps.stock.models import Lot
from apps.stock.services.lots import lot_from_line
from apps.stock.states import MovementKind


@retrying
@transaction.atomic
def lots_receive(actor: Actor, *, receipt: GoodsReceipt) -> list[Lot]:
    """Make one lot of each accepted line of a receipt, at the line's location; once per receipt.

    Raises:
        Forbidden: the role does not allow it.
        LocationMissing: an accepted line has no location.
    """
    require(abilities(actor), "receive")
    GoodsReceipt.objects.select_for_update(of=("self",), no_key=True).get(pk=receipt.pk)
    made = list(Lot.objects.filter(receipt_line__receipt=receipt).order_by("number"))
    if made:
        return made
    source = ledger.SUPPLIER if receipt.supply_source in PURCHASES else ledger.DONOR
    party = ledger.donor_party(receipt.donor)
    legs = []
    lines = receipt.lines.filter(accepted_grams__gt=0).select_related("product", "family", "location__site")
    for line in lines.order_by("position", "pk"):
        if line.location is None:
            raise LocationMissing(line.label)
        lot = lot_from_line(actor, receipt, line)
        legs.append(
            Leg(
                kind=MovementKind.RECEIVE,
                lot=lot,
                source=source,
                destination=on_hand(line.location),
                grams=line.accepted_grams,
                party=party,
            )
        )
    document = Document("receipt", receipt.pk, receipt.number or "")
    post(actor, op_key=receipt.op_key, legs=legs, document=document, occurred_on=receipt.received_on)
    return [leg.lot for leg in legs]
