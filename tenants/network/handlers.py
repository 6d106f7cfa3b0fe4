"""Reactions of the network to the answers of a bank. They run later, in the bank's scope, maybe twice."""

from collections.abc import Mapping
from uuid import UUID

from apps.kernel.abilities import software
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.offers.models import OfferLine
from tenants.network.services import step_answer

ANSWERING = software("network")


def on_offer_accepted(fact: OfferAccepted) -> None:
    """Take what the bank accepts off the network's offer, and pass on the rest."""
    if fact.network_step_id is not None:
        step_answer(ANSWERING, step_id=fact.network_step_id, accepted=_accepted(fact.offer_id))


def on_offer_declined(fact: OfferDeclined) -> None:
    """Ask the next bank."""
    if fact.network_step_id is not None:
        step_answer(ANSWERING, step_id=fact.network_step_id, accepted={}, decline_reason=fact.reason)


def _accepted(offer_id: UUID) -> Mapping[int, int]:
    """Return the grams accepted by position of the bank's own offer."""
    lines = OfferLine.objects.filter(offer_id=offer_id)
    return dict(lines.values_list("position", "accepted_grams"))
