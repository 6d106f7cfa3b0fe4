"""Choices of the donors: what they are, and where goods come from."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class DonorKind(models.TextChoices):
    """What a donor or supplier is."""

    HYPERMARKET = "HYPERMARKET", _("Hypermarket")
    SUPERMARKET = "SUPERMARKET", _("Supermarket")
    DISCOUNT = "DISCOUNT", _("Discount store")
    ORGANIC_STORE = "ORGANIC_STORE", _("Organic store")
    CONVENIENCE = "CONVENIENCE", _("Convenience store")
    BAKERY = "BAKERY", _("Bakery")
    RETAIL_PLATFORM = "RETAIL_PLATFORM", _("Retail platform")
    FOOD_INDUSTRY = "FOOD_INDUSTRY", _("Food industry")
    WHOLESALER = "WHOLESALER", _("Wholesaler")
    FARM = "FARM", _("Farm")
    FARM_COOP = "FARM_COOP", _("Farm cooperative")
    CENTRAL_KITCHEN = "CENTRAL_KITCHEN", _("Central kitchen")
    SCHOOL_KITCHEN = "SCHOOL_KITCHEN", _("School kitchen")


GENERAL_PUBLIC: Final = "PUBLIC"
"""Kind of the file under which a bank keeps what passers-by gave: nobody to sign in, to thank or to visit."""
FILE_KINDS: Final = [*DonorKind.choices, (GENERAL_PUBLIC, _("General public"))]
"""What the file of a donor may be: the kinds that can have an account on the network, and the public."""


class SupplySource(models.TextChoices):
    """Where goods come from; never changes once a lot has moved (tax, EU and State reporting)."""

    GMS_RAMASSE = "GMS_RAMASSE", _("Retail pick-up")
    GMS_PLATFORM = "GMS_PLATFORM", _("Retail platform")
    INDUSTRY = "INDUSTRY", _("Industry and wholesale")
    AGRI_DONATION = "AGRI_DONATION", _("Farm gift")
    AGRI_WITHDRAWAL = "AGRI_WITHDRAWAL", _("Market withdrawal")
    CATERING = "CATERING", _("Catering")
    NATIONAL_COLLECTION = "NATIONAL_COLLECTION", _("National collection")
    FSE_PLUS = "FSE_PLUS", _("European food (ESF+)")
    CNES = "CNES", _("National credit for social groceries")
    PURCHASE_MMPT = "PURCHASE_MMPT", _("“Eat better for all” purchase")
    PURCHASE_OWN = "PURCHASE_OWN", _("Purchase from own funds")
    NATIONAL_DONATION = "NATIONAL_DONATION", _("National gift")


PUBLIC_PROGRAMMES = frozenset({SupplySource.FSE_PLUS, SupplySource.CNES, SupplySource.PURCHASE_MMPT})
"""Sources that only accredited partners may receive."""

FREE_OF_CONTRIBUTION = frozenset({SupplySource.FSE_PLUS, SupplySource.AGRI_WITHDRAWAL})
"""Sources whose solidarity contribution is always zero."""

PURCHASES = frozenset({SupplySource.PURCHASE_MMPT, SupplySource.PURCHASE_OWN})

TRANSFORMATION = "TRANSFORMATION"
LOT_SOURCES = [*SupplySource.choices, (TRANSFORMATION, _("Workshop, several sources"))]
"""What a lot may say of where it comes from: what the workshop made of several sources has none of them.

It is no way into the bank: no receipt has it, and no tonnage received counts it.
"""
KEPT_APART = PUBLIC_PROGRAMMES | FREE_OF_CONTRIBUTION
"""Sources that are never mixed with another: public programmes, and what must stay free of charge."""


def is_kept_apart(supply_source: str) -> bool:
    """Tell whether goods of a source have locations, delivery notes and an inventory of their own."""
    return supply_source in PUBLIC_PROGRAMMES
