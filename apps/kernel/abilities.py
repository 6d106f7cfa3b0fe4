"""Who may do what.

Each stage has one function ``abilities(actor, obj=None)`` that returns the verbs this person may use
here. Pages, the API, the menu and the tests call the same function; services call :func:`require`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Forbidden

Abilities = frozenset[str]
NONE: Abilities = frozenset()


class Role(StrEnum):
    """What a person is in a bank, a charity, the federation or on the platform."""

    MANAGER = "manager"
    STOCK = "stock"
    ROUNDS = "rounds"
    ORDERS = "orders"
    ACCOUNTS = "accounts"
    VOLUNTEER = "volunteer"
    PARTNER = "partner"
    DRIVER = "driver"
    FEDERATION = "federation"
    OPERATOR = "operator"


BANK_STAFF: frozenset[Role] = frozenset(
    {Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person with the roles held in the open bank, or the software itself.

    ``partner_id`` narrows a partner's person to one charity, whose colleagues they may invite when
    ``is_responsible``; ``via`` names what acts for the person, such as an API token.
    """

    id: UUID | None
    label: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    partner_id: UUID | None = None
    is_responsible: bool = False
    is_software: bool = False
    via: str = ""

    @property
    def main_role(self) -> str:
        """The first of the roles held, in the order of ``Role``; empty for the software and strangers."""
        return next((role.value for role in Role if role in self.roles), "")

    def is_any(self, *roles: Role) -> bool:
        """Tell whether the actor is the software or holds one of the roles."""
        return self.is_software or not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Tell whether the actor works for the bank."""
        return self.is_software or not self.roles.isdisjoint(BANK_STAFF)


def software(name: str) -> Actor:
    """Return the actor for work that the software does by itself: timers, reactions to facts."""
    return Actor(id=None, label=name, is_software=True)


def verbs(*names: str, when: bool = True) -> Abilities:
    """Return the verbs when the condition holds, none otherwise; join with ``|``."""
    return frozenset(names) if when else NONE


def require(abilities: Iterable[str], verb: str) -> None:
    """Refuse unless the verb is among the abilities.

    Raises:
        Forbidden: the verb is missing.
    """
    if verb not in abilities:
        raise Forbidden(_("Your role does not allow this. Ask a manager of the bank."))
