"""Menu entries about people."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from tenants.accounts.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("People"),
        url_name="accounts_person_list",
        icon="users",
        abilities=abilities,
        section=Section.FILES,
    )
]
