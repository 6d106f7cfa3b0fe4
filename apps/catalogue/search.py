"""What of the catalogue is found in the search box: products, by their article number too, and families."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.catalogue.abilities import abilities
from apps.catalogue.models import Product, ProductFamily
from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when


def _reach(actor: Actor) -> Reach | None:
    return every_when(allowed="view" in abilities(actor))


SEARCHED: Final = (
    Searched(
        model=Product,
        title=_("Products"),
        icon="apple",
        source=(
            "SELECT r.id, 'catalogue.product', r.name, r.ref, family.name, '', ARRAY[r.gtin], NULL::uuid,"
            " r.created_at, r.archived_at IS NOT NULL FROM %1$I.catalogue_product AS r"
            " JOIN %1$I.catalogue_productfamily AS family ON family.id = r.family_id"
        ),
        columns=("name", "ref", "gtin", "family_id", "archived_at"),
        follows={"catalogue_productfamily": "family_id"},
        reach=_reach,
        page="catalogue_product_detail",
    ),
    Searched(
        model=ProductFamily,
        title=_("Product families"),
        icon="layers",
        source=(
            "SELECT r.id, 'catalogue.productfamily', r.name, '', '', r.code, ARRAY[r.code], NULL::uuid,"
            " r.created_at, r.archived_at IS NOT NULL FROM %1$I.catalogue_productfamily AS r"
        ),
        columns=("name", "code", "archived_at"),
        reach=_reach,
        page="catalogue_family_detail",
    ),
)
