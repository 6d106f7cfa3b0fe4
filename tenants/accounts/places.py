"""The places where people have roles: a bank, the federation, and the platform itself (no bank)."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.kernel.abilities import Actor, Role
from apps.partners.selectors import active_partners
from tenants.accounts.abilities import HEADS
from tenants.accounts.errors import CharityMissing, NoRole
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind, BankStatus

Place = FoodBank | None

OF_A_BANK: Final = (
    Role.MANAGER,
    Role.STOCK,
    Role.ROUNDS,
    Role.ORDERS,
    Role.ACCOUNTS,
    Role.VOLUNTEER,
    Role.DRIVER,
    Role.PARTNER,
)


def is_of_power(role: Role) -> bool:
    """Tell whether a role gives roles to others, or asks for a second factor: it is not changed lightly."""
    return role in HEADS or role.value in settings.SECOND_FACTOR_ROLES


def roles_of(place: Place) -> tuple[Role, ...]:
    """Return the roles that people may have in a place, the one that gives roles first."""
    if place is None:
        return (Role.OPERATOR,)
    return (Role.FEDERATION,) if place.kind == BankKind.FEDERATION else OF_A_BANK


def head_of(place: Place) -> Role:
    """Return the role whose last holder may not go."""
    return roles_of(place)[0]


def roles_open_to(actor: Actor, place: Place) -> tuple[Role, ...]:
    """Return the roles that this person may give in a place: a charity's person, that of its colleagues."""
    return (Role.PARTNER,) if _is_of_charity(actor) else roles_of(place)


def roles_named(names: Iterable[str], allowed: Iterable[Role]) -> list[Role]:
    """Return the roles named, in the order of the place.

    Raises:
        NoRole: none is named, or one that may not be given.
    """
    here = {role.value: role for role in allowed}
    named = set(names)
    if not named or not named <= set(here):
        raise NoRole
    return [role for name, role in here.items() if name in named]


def charity_named(actor: Actor, place: Place, partner_id: UUID | None) -> tuple[UUID, str]:
    """Return the charity that a person is narrowed to, with its name; a charity's person names its own.

    Raises:
        CharityMissing: none is named, or none of this bank that is in use.
    """
    wanted = actor.partner_id if _is_of_charity(actor) else partner_id
    label = charity_labels(place).get(wanted) if wanted else None
    if wanted is None or label is None:
        raise CharityMissing
    return wanted, label


def charity_labels(place: Place) -> dict[UUID, str]:
    """Return the charities in use of a bank by name; any other place has none."""
    if place is None or not place.has_schema or place.status != BankStatus.ACTIVE:
        return {}
    with in_tenant(place, Purpose.REQUEST):
        return dict(active_partners().values_list("pk", "name"))


def _is_of_charity(actor: Actor) -> bool:
    return actor.is_responsible and not actor.is_any(*OF_A_BANK[:-1])
