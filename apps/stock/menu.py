"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.stock.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Stock"),
        url_name="stock_lot_list",
        icon="boxes",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Movements"),
        url_name="stock_movement_list",
        icon="arrow-left-right",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Counts"),
        url_name="stock_sheet_list",
        icon="clipboard-check",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
]
