"""Reads about the catalogue."""

from django.db.models import Count, Q, QuerySet

from apps.catalogue.models import Product, ProductFamily


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
