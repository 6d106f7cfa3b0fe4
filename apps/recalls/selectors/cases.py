"""Reads of cases: lists, lots found, orders frozen, partners served, what is still to do."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.kernel.abilities import Actor
from apps.kernel.display import day
from apps.kernel.errors import Text
from apps.orders.models import Reservation
from apps.orders.states import OPEN
from apps.recalls.abilities import abilities
from apps.recalls.models import RecallCase, RecallGroup, RecallMatch, RecallReach
from apps.recalls.rules import Reason
from apps.recalls.selectors.weights import Grams, grams_by_lot, served_lots
from apps.recalls.states import SETTLED, CaseState, MatchState
from apps.stock.models import Lot
from apps.stock.states import LotStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLot:
    """A lot that a case found, with where its grams are."""

    match: RecallMatch
    grams: Grams

    @property
    def lot(self) -> Lot:
        """The lot."""
        return self.match.lot

    @property
    def why(self) -> Text:
        """Why it was found, in words."""
        said = self.match.get_reason_display()
        made_from = self.match.made_from
        return f"{said} {made_from.number}" if made_from and self.match.reason == Reason.MADE_FROM else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Grams of one lot that a partner took, named as on its delivery note."""

    lot: Lot
    grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a case is, in numbers."""

    lots: int
    to_check: int
    grams: Grams
    quarantined_grams: int
    frozen: int
    partners: int
    told: int
    answered: int


def cases_visible_to(actor: Actor) -> QuerySet[RecallCase]:
    """Return the cases this person may see, newest first, with how many lots were found and are to check."""
    if "view" not in abilities(actor):
        return RecallCase.objects.none()
    ours, check = (Q(matches__state=state) for state in (MatchState.OURS, MatchState.TO_CHECK))
    waiting = Q(reaches__isnull=False) & ~Q(reaches__state__in=SETTLED)
    return RecallCase.objects.annotate(
        lot_count=Count("matches", filter=ours, distinct=True),
        to_check_count=Count("matches", filter=check, distinct=True),
        partner_count=Count("reaches", distinct=True),
        waiting_count=Count("reaches", filter=waiting, distinct=True),
    ).order_by("-opened_at", "-id")


def open_cases() -> QuerySet[RecallCase]:
    """Return the cases in which something may still be found."""
    return RecallCase.objects.filter(state=CaseState.OPEN).order_by("pk")


def closed_cases_naming(lots: Collection[UUID]) -> QuerySet[RecallCase]:
    """Return the closed cases that name the barcode or the origin of lots, however long they are over."""
    seen = list(Lot.objects.filter(pk__in=lots).values_list("product__gtin", "pk", "origin_lot_id"))
    gtins = {gtin for gtin, _pk, _origin in seen if gtin}
    ids = {each for _gtin, *both in seen for each in both if each}
    named = RecallGroup.objects.filter(Q(gtin__in=gtins) | Q(origin_lot_id__in=ids))
    return RecallCase.objects.filter(state=CaseState.CLOSED, pk__in=named.values("case")).order_by("pk")


def lots_recalled(case: RecallCase) -> list[UUID]:
    """Return the lots that a case keeps back."""
    return list(RecallMatch.objects.filter(case=case, state=MatchState.OURS).values_list("lot_id", flat=True))


def found_lots(case: RecallCase) -> list[FoundLot]:
    """Return the lots that a case found, the surest first, with their grams (three queries)."""
    matches = list(RecallMatch.objects.filter(case=case).select_related("lot", "made_from"))
    grams = grams_by_lot([match.lot_id for match in matches])
    return [FoundLot(match=match, grams=grams[match.lot_id]) for match in matches]


def frozen_of(lots: Collection[UUID]) -> list[Reservation]:
    """Return what open orders hold of lots that may not leave, order by order."""
    held = Reservation.objects.filter(lot__in=lots, line__order__status__in=OPEN, grams__gt=0)
    return list(
        held.filter(lot__status=LotStatus.BLOCKED)
        .select_related("lot", "location", "line__order__partner", "line__order__site")
        .order_by("line__order__wanted_on", "line__order__number", "line__position", "lot__number")
    )


def reaches_of(case: RecallCase) -> list[RecallReach]:
    """Return the partners that a case must tell, by name."""
    return list(RecallReach.objects.filter(case=case).select_related("partner", "case"))


def reaches_of_charity(actor: Actor) -> QuerySet[RecallReach]:
    """Return what the charity this person speaks for was told, newest first; nothing for anybody else."""
    if "view_own" not in abilities(actor) or actor.partner_id is None:
        return RecallReach.objects.none()
    told = RecallReach.objects.filter(partner_id=actor.partner_id, told_at__isnull=False)
    return told.select_related("case", "partner").order_by("-told_at", "-id")


def reaches_visible_to(actor: Actor) -> QuerySet[RecallReach]:
    """Return the partners served that this person may see: all of them for the staff, one's own charity."""
    if "view" in abilities(actor):
        return RecallReach.objects.select_related("case", "partner")
    return reaches_of_charity(actor)


def taken_by(reach: RecallReach) -> list[Taken]:
    """Return which recalled lots a partner took, and how much of each."""
    grams = dict(served_lots(lots_recalled(reach.case), reach.partner_id))
    lots = Lot.objects.filter(pk__in=grams).order_by("label", "number")
    return [Taken(lot=lot, grams=grams[lot.pk]) for lot in lots]


def recall_holding(lot_id: UUID, *, besides: UUID | None = None) -> RecallCase | None:
    """Return a case, open or closed, that keeps a lot back, another one than ``besides``."""
    held = RecallCase.objects.filter(matches__lot=lot_id, matches__state=MatchState.OURS)
    held = held.order_by("-state", "pk")
    return held.exclude(pk=besides).first() if besides else held.first()


def standing_of(case: RecallCase) -> Standing:
    """Return how far a case is (constant number of queries)."""
    found = found_lots(case)
    ours = [each for each in found if each.match.state == MatchState.OURS]
    reaches = reaches_of(case)
    blocked = [each for each in ours if each.lot.status == LotStatus.BLOCKED]
    return Standing(
        lots=len(ours),
        to_check=sum(each.match.state == MatchState.TO_CHECK for each in found),
        grams=sum((each.grams for each in ours), Grams()),
        quarantined_grams=sum(each.grams.in_stock for each in blocked),
        frozen=len(frozen_of([each.match.lot_id for each in ours])),
        partners=len(reaches),
        told=sum(reach.told_to != "" for reach in reaches),
        answered=sum(reach.state in SETTLED for reach in reaches),
    )


def left_to_do(standing: Standing) -> list[Text]:
    """Say what keeps a case from being closed; nothing when it may be."""
    waiting = standing.partners - standing.answered
    said = (
        (
            standing.to_check,
            ngettext("%(count)s lot to check.", "%(count)s lots to check.", standing.to_check),
        ),
        (standing.frozen, ngettext("%(count)s frozen line.", "%(count)s frozen lines.", standing.frozen)),
        (
            waiting,
            ngettext("%(count)s partner has not answered.", "%(count)s partners have not answered.", waiting),
        ),
    )
    return [words % {"count": count} for count, words in said if count]


def period_in_words(case: RecallCase) -> str:
    """Say when the goods were sold or given; an empty text when nobody knows."""
    if case.sold_from and case.sold_until:
        return str(_("%(first)s to %(last)s") % {"first": day(case.sold_from), "last": day(case.sold_until)})
    known = case.sold_from or case.sold_until
    return day(known) if known else ""
