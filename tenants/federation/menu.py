"""Menu entries of the federation."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from tenants.federation.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("National figures"),
        url_name="home",
        icon="chart-column",
        abilities=abilities,
        section=Section.FIGURES,
    )
]
