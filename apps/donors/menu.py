"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.donors.abilities import abilities
from apps.kernel.doors import MenuEntry, Section

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Donors"),
        url_name="donors_donor_list",
        icon="store",
        abilities=abilities,
        section=Section.FILES,
    ),
    MenuEntry(
        label=_("Public programmes"),
        url_name="donors_campaign_list",
        icon="landmark",
        abilities=abilities,
        section=Section.FILES,
    ),
]
