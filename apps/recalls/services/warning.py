"""Partners that were served recalled goods are told: what, how much, what to do."""

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.partners.models import Partner
from apps.recalls.facts import PartnerWarned
from apps.recalls.models import RecallCase, RecallReach
from apps.recalls.selectors import lots_recalled, served_by_partner
from apps.recalls.states import ReachState


def partners_warn(actor: Actor, *, case: RecallCase) -> list[RecallReach]:
    """Tell every partner what it got of the lots of a case, once for each weight; returns who is told now.

    A partner that is found to have got more than it was told is told again, and answers again. One that
    got nothing after all, since its lots were released or its delivery undone, is left with nothing.
    """
    served = served_by_partner(lots_recalled(case))
    known = {reach.partner_id: reach for reach in RecallReach.objects.filter(case=case)}
    partners = Partner.objects.in_bulk(list(served))
    told = [
        reach
        for pk, grams in sorted(served.items(), key=str)
        if pk in partners and (reach := _told(case, partners[pk], grams, known.get(pk))) is not None
    ]
    for pk, reach in known.items():
        if pk not in served and reach.served_grams:
            reach.served_grams, reach.state = 0, ReachState.EXPLAINED
            reach.updated_at = clock.now()
            reach.save(update_fields=["served_grams", "state", "updated_at"])
    written = [reach.partner.name for reach in told if reach.told_to]
    if written:
        case.told_at = clock.now()
        record_save(actor, case, action="partners_told", reason=", ".join(written)[:500])
    if told:
        for reach in told:
            emit(PartnerWarned(reach_id=reach.pk, is_reminder=False))
    return told


def _told(case: RecallCase, partner: Partner, grams: int, reach: RecallReach | None) -> RecallReach | None:
    """Write what a partner is told; ``None`` when it knows already."""
    now = clock.now()
    if reach is None:
        return RecallReach.objects.create(
            case=case, partner=partner, served_grams=grams, told_at=now, told_to=partner.email
        )
    if reach.served_grams == grams:
        return None
    is_more = grams > reach.served_grams
    reach.served_grams, reach.updated_at = grams, now
    if is_more:
        reach.state, reach.told_at, reach.told_to, reach.read_at = (
            ReachState.WAITING,
            now,
            partner.email,
            None,
        )
    reach.save()
    reach.partner = partner
    return reach if is_more else None
