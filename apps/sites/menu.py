"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.sites.abilities import abilities, letterhead_abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Sites"),
        url_name="sites_site_list",
        icon="warehouse",
        abilities=abilities,
        section=Section.FILES,
    ),
    MenuEntry(
        label=_("Letterhead"),
        url_name="sites_letterhead",
        icon="stamp",
        abilities=letterhead_abilities,
        section=Section.FILES,
        verb="edit",
    ),
]
