"""Menu entries about the rights and the programs of a bank; the federation has no such pages."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import MenuEntry, Section
from tenants.accounts.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Who can do what"),
        url_name="accounts_rights",
        icon="list-checks",
        abilities=abilities,
        section=Section.FILES,
        verb="see_rights",
    ),
    MenuEntry(
        label=_("Programs"),
        url_name="accounts_token_list",
        icon="plug",
        abilities=abilities,
        section=Section.FILES,
        verb="view_tokens",
    ),
]
