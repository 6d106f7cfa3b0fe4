"""Reactions of the network to the answers of a bank, and to what a donor does: offer food, ask for a link.

They run later, in the scope that the fact comes from, maybe twice.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from apps.kernel.abilities import software
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.offers.models import OfferLine
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.network.facts import LinkAsked, OfferPublished
from tenants.network.letters import links_send, offer_links_send
from tenants.network.links import is_good
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import link_ensure, step_answer
from tenants.network.states import StepState

ANSWERING = software("network")
LINKS_MOST: Final = 20
"""Links in one letter: shops of a chain may share a mailbox."""


def on_offer_accepted(fact: OfferAccepted) -> None:
    """Take what the bank accepts off the network's offer, and pass on the rest."""
    if fact.network_step_id is not None:
        step_answer(ANSWERING, step_id=fact.network_step_id, accepted=_accepted(fact.offer_id))


def on_offer_declined(fact: OfferDeclined) -> None:
    """Ask the next bank."""
    if fact.network_step_id is not None:
        step_answer(ANSWERING, step_id=fact.network_step_id, accepted={}, decline_reason=fact.reason)


def on_link_asked(fact: LinkAsked) -> None:
    """Send a donor its declaration link; nothing leaves for an address that nobody knows.

    Whoever asks for their own gets a good link, made anew if need be. What a bank sends is the link as it
    is: revoked meanwhile, it stays at home.
    """
    entry = Entry(scheme=fact.scheme, port=fact.port)
    with in_platform(Purpose.OUTBOX):
        if fact.account_id is not None:
            accounts = list(DonorAccount.objects.filter(pk=fact.account_id))
        else:
            known = DonorAccount.objects.filter(email=fact.email)[:LINKS_MOST]
            accounts = [link_ensure(account) for account in known]
    good = [one for one in accounts if is_good(one)]
    links_send(fact.email, accounts=good, entry=entry, is_own=fact.account_id is None)


def on_offer_published(fact: OfferPublished) -> None:
    """Send a donor the way to follow its offer, with a good link for the next one."""
    entry = Entry(scheme=fact.scheme, port=fact.port)
    with in_platform(Purpose.OUTBOX):
        offer = NetworkOffer.objects.select_related("donor_account").get(pk=fact.offer_id)
        asked = offer.steps.select_related("bank").filter(state=StepState.ASKED).first()
        account = link_ensure(offer.donor_account)
    offer_links_send(
        offer, asked=asked, account=account, entry=entry, language=fact.language, is_weekly=fact.is_weekly
    )


def _accepted(offer_id: UUID) -> Mapping[int, int]:
    """Return the grams accepted by position of the bank's own offer."""
    lines = OfferLine.objects.filter(offer_id=offer_id)
    return dict(lines.values_list("position", "accepted_grams"))
