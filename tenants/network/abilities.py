"""Who may give to the network, follow an offer, and move goods between banks."""

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.scope import scope_or_none
from tenants.network.models import DonorAccount, NetworkOffer, Transfer


def abilities(actor: Actor, obj: NetworkOffer | Transfer | None = None) -> Abilities:
    """Return what this person may do on the network, with an offer, or with a transfer.

    Anybody may give food. A donor sees and takes back the offers of its own account. In a bank the
    whole staff reads; managers and the warehouse move goods, each side doing its own part.
    """
    if isinstance(obj, NetworkOffer):
        is_donor = actor.id == obj.donor_account_id
        return verbs("view", "withdraw", when=is_donor or actor.is_any(Role.OPERATOR))
    keeps = actor.is_any(Role.MANAGER, Role.STOCK)
    if isinstance(obj, Transfer):
        return _with_transfer(actor, obj, keeps=keeps)
    return (
        verbs("publish")
        | verbs("view", when=actor.is_staff)
        | verbs("propose", when=keeps)
        | verbs("route", when=actor.is_software)
    )


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
