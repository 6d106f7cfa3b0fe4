"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.offers.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Offers"),
        url_name="offers_offer_list",
        icon="gift",
        abilities=abilities,
        section=Section.SUPPLY,
    )
]
