"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.rounds.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Rounds"),
        url_name="rounds_round_list",
        icon="route",
        abilities=abilities,
        section=Section.SUPPLY,
    ),
    MenuEntry(
        label=_("On the road"),
        url_name="rounds_drive_day",
        icon="truck",
        abilities=abilities,
        section=Section.SUPPLY,
        verb="drive",
    ),
]
