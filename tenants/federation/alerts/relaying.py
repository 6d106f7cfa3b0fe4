"""Lots that went from bank to bank: who received some of a recalled lot gets a case of its own.

A named crossing (``Purpose.RECALL``): the bank that recalls tells the register of transfers, the receiver's
case is opened in its own space, by the software, and names the lot by its first origin, which every bank
keeps. A receiver that sent some on tells the next one in the same way. A bank that was not at work is told
once it is again.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from apps.kernel.abilities import software
from apps.kernel.scope import current_scope
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.services import NewGroup, Notice, case_receive, lots_named
from apps.recalls.states import CaseSource, MatchState
from apps.stock.models import Lot
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.alerts.models import RecallNotice
from tenants.federation.alerts.spreading import as_received, standing_tell
from tenants.network.models import TransferLine
from tenants.network.states import TransferState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus

RELAY = software("recalls")
_ON_THE_WAY = (TransferState.SHIPPED, TransferState.RECEIVED)


def lots_relay(case_id: UUID, lot_ids: Collection[UUID], *, only: UUID | None = None) -> list[FoodBank]:
    """Tell the banks that some of these lots went to, and the one they came from; returns these banks.

    ``only`` names the one bank to tell of all of these.
    """
    case = RecallCase.objects.get(pk=case_id)
    lots = {lot.pk: lot for lot in Lot.objects.filter(pk__in=lot_ids)}
    sender = current_scope().bank_name
    concerned = _banks_of(lots)
    told = []
    for bank, named in concerned:
        if only in (None, bank.pk):
            _tell(bank, case, sorted(named), sender)
            told.append(bank)
    return told


def lots_repeat(bank_id: UUID) -> int:
    """Tell one bank again about every lot that this one recalls and that it has, or had; returns the cases.

    Nothing changes there where it knows. A case that is closed here is told too: it was opened and closed
    while the other bank was away.
    """
    recalled: dict[UUID, list[UUID]] = {}
    ours = RecallMatch.objects.filter(state=MatchState.OURS).order_by("case__opened_at", "case_id", "pk")
    for case_id, lot_id in ours.values_list("case_id", "lot_id"):
        recalled.setdefault(case_id, []).append(lot_id)
    return sum(bool(lots_relay(case_id, lots, only=bank_id)) for case_id, lots in recalled.items())


def _banks_of(lots: dict[UUID, Lot]) -> list[tuple[FoodBank, set[UUID]]]:
    """Return the other banks that hold, or held, goods of the same origin as these lots, at work."""
    here = current_scope().bank_id
    named: dict[UUID, set[UUID]] = {}
    for lot in lots.values():
        if lot.origin_bank_id and lot.origin_lot_id:
            named.setdefault(lot.origin_bank_id, set()).add(lot.origin_lot_id)
    with in_platform(Purpose.RECALL):
        lines = TransferLine.objects.filter(lot_id__in=lots, transfer__state__in=_ON_THE_WAY)
        for lot_id, bank_id in lines.values_list("lot_id", "transfer__to_bank_id"):
            lot = lots[lot_id]
            named.setdefault(bank_id, set()).add(lot.origin_lot_id or lot.pk)
        banks = FoodBank.objects.filter(pk__in=named, status=BankStatus.ACTIVE).exclude(pk=here)
        return [(bank, named[bank.pk]) for bank in banks.order_by("schema_name") if bank.has_schema]


def _tell(bank: FoodBank, case: RecallCase, origins: list[UUID], sender: str) -> None:
    """Open a case in another bank for lots of these origins, or add them to the one it has."""
    with in_tenant(bank, Purpose.RECALL):
        if case.notice_id is not None:
            with in_platform(Purpose.RECALL):
                notice = RecallNotice.objects.get(pk=case.notice_id)
            mine = case_receive(RELAY, notice=as_received(notice), even_empty=True)
            if mine is not None:
                mine = lots_named(RELAY, case=mine, origins=origins, told_by=sender)
                standing_tell(notice.pk, notice.revision, bank.pk, mine)
            return
        key = case.source_key if case.source == CaseSource.SISTER else f"sister:{case.pk}"
        known = RecallCase.objects.filter(Q(source_key=key) | Q(pk=UUID(key.removeprefix("sister:")))).first()
        if known is not None:
            lots_named(RELAY, case=known, origins=origins, told_by=sender)
            return
        case_receive(RELAY, notice=_sisters(case, key, origins, sender), even_empty=True)


def _sisters(case: RecallCase, key: str, origins: list[UUID], sender: str) -> Notice:
    """Return the recall of one bank as another one takes it: the lots by their origin, nothing to guess."""
    return Notice(
        source=CaseSource.SISTER,
        key=key,
        title=case.title,
        reference=case.number,
        motive=case.motive,
        advice=case.advice,
        published_on=case.published_on,
        told_by=sender,
        is_exercise=case.is_exercise,
        groups=[NewGroup(origin_lot_id=origin) for origin in origins],
    )
