"""New lots: from a line of a receipt, or from goods that arrive from another bank."""

from apps.catalogue.models import Product, ProductFamily
from apps.donors.services import campaign_ensure
from apps.donors.states import is_kept_apart
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.history import record_insert
from apps.kernel.numbering import next_number
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.stock.errors import FamilyUnknownHere
from apps.stock.models import Lot
from apps.stock.selectors.origin import COPIED, LotOrigin
from apps.stock.states import Granularity

NUMBER_KIND = "LOT"


def lot_from_line(actor: Actor, receipt: GoodsReceipt, line: ReceiptLine) -> Lot:
    """Create the lot of an accepted line: one product, or a mix of one family."""
    goods = line.product or line.family
    lot = Lot(
        number=next_number(NUMBER_KIND),
        granularity=Granularity.ITEM if line.product else Granularity.FAMILY_MIX,
        product=line.product,
        family=line.family,
        label=line.label,
        temperature_class=line.temperature_class,
        supply_source=receipt.supply_source,
        campaign=receipt.campaign,
        donor_id=receipt.donor.pk,
        donor_label=receipt.donor.name,
        receipt_line=line,
        received_on=receipt.received_on or clock.today(),
        date_kind=line.date_kind,
        expires_on=line.expires_on,
        supplier_lot=line.supplier_lot,
        is_food=line.family.is_food,
        is_fresh=goods.is_fresh,
        is_organic=line.product.is_organic if line.product else False,
        value_cents_per_kg=goods.value_cents_per_kg or line.family.value_cents_per_kg,
    )
    return record_insert(actor, lot)


def lot_from_origin(actor: Actor, origin: LotOrigin) -> Lot:
    """Create the lot of goods that come from another bank; a product not known here becomes a mix.

    Raises:
        FamilyUnknownHere: the catalogue has no such family.
    """
    family = ProductFamily.objects.filter(code=origin.family_code).first()
    if family is None:
        raise FamilyUnknownHere(origin.family_code)
    if is_kept_apart(origin.supply_source):
        campaign_ensure(actor, programme=origin.supply_source, name=origin.campaign, since=origin.received_on)
    product = Product.objects.filter(ref=origin.product_ref, family=family).first()
    lot = Lot(
        number=next_number(NUMBER_KIND),
        granularity=Granularity.ITEM if product else Granularity.FAMILY_MIX,
        product=product,
        family=family,
        origin_bank_id=origin.bank_id,
        origin_bank_label=origin.bank_label,
        origin_lot_id=origin.lot_id,
        **{name: getattr(origin, name) for name in COPIED},
    )
    return record_insert(actor, lot)
