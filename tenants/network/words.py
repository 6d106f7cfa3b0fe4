"""Why a bank was asked, in words: rendered when read, in the reader's language."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.display import Chip, Tone, number
from tenants.network.rules import Tier
from tenants.network.states import NetworkOfferStatus, StepState, TransferState
from tenants.network.surplus.states import AgreementState, RequestState, SurplusState

SENTENCES: Final = {
    Tier.ANTENNA: gettext_lazy("The antenna that serves the department."),
    Tier.HOME: gettext_lazy("The bank that serves the department."),
    Tier.NEIGHBOUR: gettext_lazy("A bank of a neighbouring department."),
    Tier.REGION: gettext_lazy("A bank of the same region."),
    Tier.NATION: gettext_lazy("The nearest bank elsewhere in the country."),
}

TONES: Final[dict[str, Tone]] = {
    NetworkOfferStatus.OPEN: Tone.INFO,
    NetworkOfferStatus.ROUTED: Tone.INFO,
    NetworkOfferStatus.ACCEPTED: Tone.OK,
    NetworkOfferStatus.PARTLY_ACCEPTED: Tone.OK,
    NetworkOfferStatus.EXPIRED: Tone.WARN,
    NetworkOfferStatus.WITHDRAWN: Tone.NEUTRAL,
    StepState.ASKED: Tone.INFO,
    StepState.DECLINED: Tone.NEUTRAL,
    StepState.TIMED_OUT: Tone.WARN,
    StepState.CANCELLED: Tone.NEUTRAL,
    SurplusState.GONE: Tone.OK,
    RequestState.ALLOCATED: Tone.OK,
    RequestState.PARTLY: Tone.OK,
    AgreementState.ACTIVE: Tone.OK,
    TransferState.PROPOSED: Tone.INFO,
    TransferState.SHIPPED: Tone.WARN,
    TransferState.RECEIVED: Tone.OK,
}


def tier_sentence(tier: str, km: float | None) -> str:
    """Return why a bank is asked, with its distance in km when it is known."""
    sentence = str(SENTENCES[Tier(tier)])
    if km is None:
        return sentence
    return _("%(sentence)s %(km)s km away.") % {"sentence": sentence, "km": number(km)}


def reason_in_words(reason: dict[str, Any]) -> str:
    """Return why a bank was asked, from what a routing step keeps."""
    return tier_sentence(reason["tier"], reason["km"])


def state_chip(record: Any) -> Chip:
    """Return the state of an offer, a step or a transfer."""
    value = getattr(record, "status", None) or record.state
    shown = record.get_status_display() if hasattr(record, "status") else record.get_state_display()
    return Chip(shown, TONES.get(value, Tone.NEUTRAL))
