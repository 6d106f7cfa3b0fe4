"""Who may give to the network, follow an offer, and move goods between banks."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.donors.models import Donor
from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.kernel.scope import scope_or_none
from tenants.network.models import (
    DonorAccount,
    DonorRecurrence,
    NetworkOffer,
    Surplus,
    SurplusRequest,
    Transfer,
    TransferAgreement,
)

Thing = NetworkOffer | DonorRecurrence | Transfer | Donor | Surplus | SurplusRequest | TransferAgreement


def abilities(actor: Actor, obj: Thing | None = None) -> Abilities:
    """Return what this person may do on the network, with an offer, a transfer, or a donor's link.

    Anybody may give food. A donor sees and takes back the offers of its own account, and what it offers
    every week. In a bank the whole staff reads; managers and the warehouse move goods, each side doing its
    own part. Who keeps the bank's files on donors hands out their links.
    """
    if isinstance(obj, NetworkOffer | DonorRecurrence):
        is_donor = actor.id == obj.donor_account_id
        return verbs("view", "withdraw", when=is_donor or actor.is_any(Role.OPERATOR))
    keeps = actor.is_any(Role.MANAGER, Role.STOCK)
    if isinstance(obj, Transfer):
        return _with_transfer(actor, obj, keeps=keeps)
    if isinstance(obj, Surplus | SurplusRequest | TransferAgreement):
        return _among_banks(actor, obj, keeps=keeps)
    return (
        verbs("publish")
        | verbs("view", "trace", when=actor.is_staff)
        | verbs("trace_names", when=actor.is_software)
        | verbs("propose", "offer_surplus", "agree", "share", when=keeps)
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
        | verbs("arrange", when=keeps and (sends or receives))
        | verbs("ship", "cancel", "answer_claim", when=keeps and sends)
        | verbs("accept", "decline", "receive", "claim", when=keeps and receives)
    )


def _among_banks(
    actor: Actor, obj: Surplus | SurplusRequest | TransferAgreement, *, keeps: bool
) -> Abilities:
    """Return what a person may do with a surplus, a request or an agreement, each side its own part."""
    scope = scope_or_none()
    here = scope.bank_id if scope else None
    if isinstance(obj, Surplus):
        own = here == obj.bank_id
        return (
            verbs("view", "history", when=actor.is_staff)
            | verbs("withdraw_surplus", when=keeps and own)
            | verbs("ask", when=keeps and not own)
        )
    if isinstance(obj, SurplusRequest):
        return (
            verbs("view", when=actor.is_staff)
            | verbs("unask", when=keeps and here == obj.bank_id)
            | verbs("allocate", when=keeps and here == obj.surplus.bank_id)
        )
    sides = {obj.from_bank_id, obj.to_bank_id}
    answers = here in sides - {obj.proposing_bank_id}
    return (
        verbs("view", "history", when=actor.is_staff and here in sides)
        | verbs("end_agreement", when=keeps and here in sides)
        | verbs("accept_agreement", when=keeps and answers)
    )


SENTENCES: Final[dict[str, Text]] = {
    "publish": _("Offer food to the network"),
    "view": _("See transfers between banks"),
    "history": _("Read the history of a transfer"),
    "propose": _("Propose a lot to another bank"),
    "offer_surplus": _("Offer surplus to other banks"),
    "withdraw_surplus": _("Take back a surplus"),
    "ask": _("Ask for surplus of another bank"),
    "unask": _("Take back a request for surplus"),
    "allocate": _("Give surplus to a bank that asks, or refuse"),
    "arrange": _("Arrange the transport of a transfer"),
    "claim": _("Contest what arrived of a transfer"),
    "answer_claim": _("Answer the claim of a receiver"),
    "agree": _("Propose a standing agreement to another bank"),
    "accept_agreement": _("Agree to a standing agreement"),
    "end_agreement": _("End a standing agreement"),
    "share": _("Choose what other banks are told of room and arrivals"),
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
