"""Who may give to the network, follow an offer, and move goods between banks."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.donors.models import Donor
from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.kernel.scope import scope_or_none
from tenants.network.models import DonorAccount, NetworkOffer, Transfer


def abilities(actor: Actor, obj: NetworkOffer | Transfer | Donor | None = None) -> Abilities:
    """Return what this person may do on the network, with an offer, a transfer, or a donor's link.

    Anybody may give food. A donor sees and takes back the offers of its own account. In a bank the
    whole staff reads; managers and the warehouse move goods, each side doing its own part. Who keeps the
    bank's files on donors hands out their links.
    """
    if isinstance(obj, NetworkOffer):
        is_donor = actor.id == obj.donor_account_id
        return verbs("view", "withdraw", when=is_donor or actor.is_any(Role.OPERATOR))
    keeps = actor.is_any(Role.MANAGER, Role.STOCK)
    if isinstance(obj, Transfer):
        return _with_transfer(actor, obj, keeps=keeps)
    return (
        verbs("publish")
        | verbs("view", "trace", when=actor.is_staff)
        | verbs("trace_names", when=actor.is_software)
        | verbs("propose", when=keeps)
        | verbs("link", when=actor.is_any(Role.MANAGER, Role.ROUNDS))
        | verbs("route", when=actor.is_software)
        | verbs("keep_rules", when=actor.is_any(Role.MANAGER))
    )


def desk_abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do at the desk of the federation: look on, place, close, set the rules."""
    return verbs("view", "place", "end", "set_policy", "set_need", when=actor.is_any(Role.FEDERATION))


def donor_actor(account: DonorAccount) -> Actor:
    """Return the actor that a donor is on the pages of its own offers."""
    return Actor(id=account.pk, label=account.name)


def _with_transfer(actor: Actor, transfer: Transfer, *, keeps: bool) -> Abilities:
    scope = scope_or_none()
    here = scope.bank_id if scope else None
    sends, receives = here == transfer.from_bank_id, here == transfer.to_bank_id
    return (
        verbs("view", "history", when=actor.is_staff and (sends or receives))
        | verbs("ship", "cancel", when=keeps and sends)
        | verbs("accept", "decline", "receive", when=keeps and receives)
    )


SENTENCES: Final[dict[str, Text]] = {
    "publish": _("Offer food to the network"),
    "view": _("See transfers between banks"),
    "history": _("Read the history of a transfer"),
    "propose": _("Propose a lot to another bank"),
    "ship": _("Send goods to another bank"),
    "cancel": _("Cancel a transfer"),
    "accept": _("Accept goods of another bank"),
    "decline": _("Decline goods of another bank"),
    "receive": _("Receive goods of another bank"),
    "link": _("Hand out, renew and revoke the declaration link of a donor"),
    "trace": _("Follow a lot from bank to bank"),
    "trace_names": _("Name the donors and partners of other banks in a recall"),
    "route": _("Ask the banks about an offer, one after the other"),
    "withdraw": _("Take back an offer to the network"),
    "keep_rules": _("Say what the bank takes of the network’s offers, and on which days"),
}
"""What each verb lets do, in words."""

DESK_SENTENCES: Final[dict[str, Text]] = {
    "view": _("Follow the offers of the network under way"),
    "place": _("Ask a food bank for an offer by hand"),
    "end": _("Close an offer of the network by hand"),
    "set_policy": _("Set how offers are routed"),
    "set_need": _("Say what a food bank needs"),
}
"""What each verb lets do at the desk."""
