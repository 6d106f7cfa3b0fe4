"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.catalogue.abilities import abilities
from apps.kernel.doors import MenuEntry, Section

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Products"),
        url_name="catalogue_product_list",
        icon="package",
        abilities=abilities,
        section=Section.FILES,
    ),
    MenuEntry(
        label=_("Families"),
        url_name="catalogue_family_list",
        icon="shapes",
        abilities=abilities,
        section=Section.FILES,
    ),
]
