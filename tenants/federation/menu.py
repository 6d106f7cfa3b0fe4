"""Menu entries of the federation."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from tenants.federation.abilities import abilities, alert_abilities
from tenants.network.abilities import desk_abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("National figures"),
        url_name="home",
        icon="chart-column",
        abilities=abilities,
        section=Section.FIGURES,
    ),
    MenuEntry(
        label=_("Who gave what to whom"),
        url_name="federation_flow_list",
        icon="arrow-left-right",
        abilities=abilities,
        section=Section.FIGURES,
    ),
    MenuEntry(
        label=_("Offers of the network"),
        url_name="network_desk_list",
        icon="package-plus",
        abilities=desk_abilities,
        section=Section.SUPPLY,
    ),
    MenuEntry(
        label=_("Recalls"),
        url_name="federation_recall_list",
        icon="triangle-alert",
        abilities=alert_abilities,
        section=Section.WAREHOUSE,
    ),
]
