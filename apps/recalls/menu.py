"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.recalls.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Recalls"),
        url_name="recalls_case_list",
        icon="triangle-alert",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
    MenuEntry(
        label=_("Recalls of what we received"),
        url_name="recalls_mine_list",
        icon="triangle-alert",
        abilities=abilities,
        section=Section.DISTRIBUTION,
        verb="view_own",
    ),
]
