"""Reads about the catalogue."""

from django.db.models import Count, Q, QuerySet

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.gs1 import GTIN_LENGTHS


def active_families() -> QuerySet[ProductFamily]:
    """Return the families in use, by name."""
    return ProductFamily.objects.active()


def active_products(family: ProductFamily | None = None) -> QuerySet[Product]:
    """Return the products in use, of one family or of all, with their family."""
    found = Product.objects.active().select_related("family")
    return found if family is None else found.filter(family=family)


def families_with_counts() -> QuerySet[ProductFamily]:
    """Return the families with ``product_count``: their products in use."""
    return ProductFamily.objects.annotate(
        product_count=Count("products", Q(products__archived_at__isnull=True))
    )


def product_by_gtin(gtin: str) -> Product | None:
    """Return the product in use with an article number of fourteen digits, however it was written."""
    shorter = {gtin[-length:] for length in GTIN_LENGTHS if not gtin[:-length].strip("0")}
    found = Product.objects.active().select_related("family").filter(gtin__in={gtin, *shorter})
    return found.first() if gtin else None
