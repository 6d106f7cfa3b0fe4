"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from apps.workshop.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Workshop"),
        url_name="workshop_batch_list",
        icon="chef-hat",
        abilities=abilities,
        section=Section.WAREHOUSE,
    ),
]
