"""Reactions of the rounds to what happened upstream."""

from apps.kernel.abilities import software
from apps.offers.facts import OfferAccepted
from apps.offers.models import Offer
from apps.rounds.services import stop_plan_for


def on_offer_accepted(fact: OfferAccepted) -> None:
    """Make the stop that fetches an accepted offer."""
    stop_plan_for(software("rounds"), offer=Offer.objects.get(pk=fact.offer_id))
