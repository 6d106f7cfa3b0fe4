"""Who may record and answer offers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.offers.models import Offer


def abilities(actor: Actor, offer: Offer | None = None) -> Abilities:
    """Return what this person may do with offers, or with one offer.

    The whole staff reads; those who plan supply record and answer. Only the software lets an offer
    expire, and only the network takes back an offer that it brought.
    """
    plans_supply = actor.is_any(Role.MANAGER, Role.ROUNDS, Role.STOCK)
    brought_by_network = offer is not None and offer.network_step_id is not None
    return (
        verbs("view", when=actor.is_staff)
        | verbs("create", "accept", "decline", "history", when=plans_supply)
        | verbs("withdraw", when=plans_supply and (actor.is_software or not brought_by_network))
        | verbs("expire", when=actor.is_software)
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the offers of donors"),
    "create": _("Record an offer"),
    "accept": _("Accept an offer, whole or in part"),
    "decline": _("Decline an offer"),
    "history": _("Read the history of an offer"),
    "withdraw": _("Withdraw an offer for its donor"),
    "expire": _("Let an offer without an answer expire"),
}
"""What each verb lets do, in words."""
