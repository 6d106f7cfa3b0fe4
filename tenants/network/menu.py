"""Menu entries of the network on a bank's own site."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from tenants.network.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Transfers between banks"),
        url_name="network_transfer_list",
        icon="arrow-left-right",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Surplus of food banks"),
        url_name="network_surplus_list",
        icon="hand-helping",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Standing rules"),
        url_name="network_rules",
        icon="sliders-horizontal",
        abilities=abilities,
        section=Section.SUPPLY,
        verb="keep_rules",
    ),
]
