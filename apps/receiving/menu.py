"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.receiving.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Receipts"),
        url_name="receiving_receipt_list",
        icon="package-check",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Temperature limits"),
        url_name="receiving_limit_list",
        icon="thermometer",
        abilities=abilities,
        section=Section.FILES,
        verb="set_limits",
    ),
]
