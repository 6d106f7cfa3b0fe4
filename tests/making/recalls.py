"""Builders of recalls, through the services that open them."""

from typing import Any
from uuid import uuid4

from apps.kernel.abilities import software
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.recalls.services import case_open
from tests.making.catalogue import make_product
from tests.making.sites import make_location
from tests.making.stock import make_lot

GTIN = "09521000000018"
OTHER_GTIN = "09521000000025"
SAFETY = software("food safety")


def make_recalled_product(**overrides: Any) -> Any:
    """Return an article with the barcode that recalls of tests name."""
    return make_product(**{"gtin": GTIN, **overrides})


def make_recalled_lot(grams: int = 10_000, *, lot: str = "12345A", **overrides: Any) -> Any:
    """Return a lot of that article, with the lot number that recalls of tests name."""
    product = overrides.pop("product", None) or make_recalled_product()
    location = overrides.pop("location", None) or make_location()
    return make_lot(grams, product=product, location=location, supplier_lot=lot, **overrides)


def make_case(**overrides: Any) -> RecallCase:
    """Open a recall of the barcode and the lot of tests."""
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "title": "Fromage au lait cru",
        "motive": "Listeria",
        "gtin": GTIN,
        "lot_text": "lot 12345a",
    }
    return case_open(SAFETY, **values | overrides)


def only_match(case: RecallCase) -> RecallMatch:
    """Return the one lot that a case found."""
    return RecallMatch.objects.select_related("lot").get(case=case)


def only_reach(case: RecallCase) -> RecallReach:
    """Return the one partner that a case tells."""
    return RecallReach.objects.select_related("case", "partner").get(case=case)
