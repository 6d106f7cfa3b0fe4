"""Why a bank was asked, in words: rendered when read, in the reader's language."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.display import NOTHING, Chip, Tone, number
from apps.kernel.quantity import format_kg
from tenants.network.models import RoutingGrounds, RoutingStep
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


def why_in_words(step: RoutingStep) -> str:
    """Return why a bank was asked, with the numbers behind it where the open scope reads them."""
    return reason_in_words(step.reason, getattr(step, "grounds", None))


def reason_in_words(reason: dict[str, Any], grounds: RoutingGrounds | None = None) -> str:
    """Return why a bank was asked, from what a routing step keeps, in one sentence or two.

    ``grounds`` are read by the bank itself and by the federation. Of an erased bank nothing is kept.
    """
    if "tier" not in reason:
        return NOTHING
    said = [tier_sentence(reason["tier"], reason["km"]), numbers_in_words(grounds) if grounds else ""]
    if reason.get("rule_version") == "by-hand":
        said.insert(0, _("Asked by the federation."))
    elif reason.get("is_home_first"):
        said.append(_("It has the first refusal."))
    if reason.get("is_automatic"):
        said.append(_("Its standing rules took it at once."))
    return " ".join(sentence for sentence in said if sentence)


def numbers_in_words(grounds: RoutingGrounds) -> str:
    """Return what the rule weighed besides the way: how far the need is met, the room free."""
    fill, mean = grounds.fill, grounds.mean_fill
    parts = []
    if grounds.room_grams is not None:
        parts.append(_("%(weight)s of room free") % {"weight": format_kg(grounds.room_grams)})
    if fill is not None and mean is not None:
        met = {"share": number(fill * 100, decimals=0), "mean": number(mean * 100, decimals=0)}
        parts.append(_("%(share)s %% of its need met lately, against %(mean)s %% on average") % met)
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def state_chip(record: Any) -> Chip:
    """Return the state of an offer, a step or a transfer."""
    value = getattr(record, "status", None) or record.state
    shown = record.get_status_display() if hasattr(record, "status") else record.get_state_display()
    return Chip(shown, TONES.get(value, Tone.NEUTRAL))
