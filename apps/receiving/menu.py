"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.receiving.abilities import abilities, collecting_abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Receipts"),
        url_name="receiving_receipt_list",
        icon="package-check",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("National collections"),
        url_name="receiving_collection_list",
        icon="scale",
        abilities=collecting_abilities,
        section=Section.SUPPLY,
    ),
    MenuEntry(
        label=_("Containers"),
        url_name="receiving_container_list",
        icon="package",
        abilities=collecting_abilities,
        section=Section.FILES,
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
