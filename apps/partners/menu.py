"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.partners.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Partners"),
        url_name="partners_partner_list",
        icon="heart-handshake",
        abilities=abilities,
        section=Section.FILES,
    ),
    MenuEntry(
        label=_("Our charity"),
        url_name="partners_own_file",
        icon="heart-handshake",
        abilities=abilities,
        section=Section.FILES,
        verb="view_own",
    ),
]
