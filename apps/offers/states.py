"""States of an offer and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferKind(models.TextChoices):
    """On what terms food is proposed."""

    GIFT = "gift", _("Gift")
    SALE = "sale", _("Purchase")


class OfferStatus(models.TextChoices):
    """Where an offer stands."""

    PROPOSED = "proposed", _("To answer")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Accepted in part")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class DeclineReason(models.TextChoices):
    """Why a bank says no; shown to the network, never to the public."""

    NO_ROOM = "no_room", _("No room")
    NO_TRANSPORT = "no_transport", _("No vehicle or driver")
    NO_NEED = "no_need", _("Not needed now")
    TOO_SHORT = "too_short", _("Dates too short")
    NOT_COMPLIANT = "not_compliant", _("Does not comply with food safety")
    OTHER = "other", _("Other")
    NO_ANSWER = "no_answer", _("No answer in time")


ANSWERED = frozenset(
    {OfferStatus.ACCEPTED, OfferStatus.PARTLY_ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED}
)
TAKEN = frozenset({OfferStatus.ACCEPTED, OfferStatus.PARTLY_ACCEPTED})

REASONS_GIVEN = [choice for choice in DeclineReason.choices if choice[0] != DeclineReason.NO_ANSWER]
"""Reasons that a person chooses from; silence is the software's own."""
