"""Menu entries of the stage."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.doors import MenuEntry, Section
from apps.orders.abilities import abilities

MENU: list[MenuEntry] = [
    MenuEntry(
        label=_("Orders"),
        url_name="orders_order_list",
        icon="clipboard-list",
        abilities=abilities,
        section=Section.DISTRIBUTION,
        verb="view_all",
    ),
    MenuEntry(
        label=pgettext_lazy("verb", "Order"),
        url_name="orders_mine_create",
        icon="shopping-basket",
        abilities=abilities,
        section=Section.DISTRIBUTION,
        verb="view_own",
    ),
    MenuEntry(
        label=_("My orders"),
        url_name="orders_mine_list",
        icon="clipboard-list",
        abilities=abilities,
        section=Section.DISTRIBUTION,
        verb="view_own",
    ),
]
