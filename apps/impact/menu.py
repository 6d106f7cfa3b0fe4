"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.impact.abilities import abilities
from apps.kernel.doors import MenuEntry, Section

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Key figures"),
        url_name="impact_indicator_list",
        icon="chart-column",
        abilities=abilities,
        section=Section.FIGURES,
    )
]
