"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.delivery.abilities import abilities, rate_abilities
from apps.kernel.doors import MenuEntry, Section

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Picking"),
        url_name="delivery_picking_list",
        icon="package-check",
        abilities=abilities,
        section=Section.DISTRIBUTION,
    ),
    MenuEntry(
        label=_("Delivery notes"),
        url_name="delivery_note_list",
        icon="file-text",
        abilities=abilities,
        section=Section.DISTRIBUTION,
    ),
    MenuEntry(
        label=_("My delivery notes"),
        url_name="delivery_mine_list",
        icon="file-text",
        abilities=abilities,
        section=Section.DISTRIBUTION,
        verb="view_own_notes",
    ),
    MenuEntry(
        label=_("Contribution rates"),
        url_name="delivery_rate_list",
        icon="hand-coins",
        abilities=rate_abilities,
        section=Section.DISTRIBUTION,
    ),
]
