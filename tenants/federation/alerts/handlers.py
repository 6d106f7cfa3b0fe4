"""What follows when a recall is published, a case changes, recalled lots had travelled, goods arrive.

They run later, in the bank in whose name the fact was told, maybe twice.
"""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.kernel.facts import emit
from apps.kernel.scope import current_bank_id
from apps.recalls.facts import LotsRecalled, PartnerWarned, RecallCaseChanged
from apps.recalls.models import RecallCase, RecallReach
from apps.recalls.rules import packagings_of
from apps.recalls.selectors import lots_found
from apps.recalls.services import case_receive
from apps.receiving.facts import GoodsReceived
from apps.stock.facts import LotsEntered
from apps.stock.models import Lot
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.alerts.facts import RecallPublished, RecallsMissed
from tenants.federation.alerts.letters import warning_send
from tenants.federation.alerts.models import RecallNotice, RecallStatus
from tenants.federation.alerts.relaying import lots_relay, lots_repeat
from tenants.federation.alerts.spreading import as_received, key_of, standing_tell
from tenants.federation.alerts.states import NoticeSource
from tenants.registry.facts import BankResumed
from tenants.registry.models import FoodBank

ALERTS = software("recalls")
WATCHED: Final = dt.timedelta(days=180)
"""What comes in is held against the notices of so many days, and against older ones that name its barcode."""


def on_recall_published(fact: RecallPublished) -> None:
    """Search the bank; a recall entered by the federation opens a case even where nothing is found."""
    notice = RecallNotice.objects.filter(pk=fact.notice_id).first()
    if notice is None or notice.revision > fact.revision:
        return
    by_hand = notice.source == NoticeSource.FEDERATION
    case = case_receive(ALERTS, notice=as_received(notice), even_empty=by_hand)
    standing_tell(notice.pk, notice.revision, current_bank_id(), case)


def on_recall_case_changed(fact: RecallCaseChanged) -> None:
    """Tell the federation how far the bank is with a recall of the network."""
    case = RecallCase.objects.filter(pk=fact.case_id).first()
    if case is not None and case.notice_id is not None:
        standing_tell(case.notice_id, case.version, current_bank_id(), case)


def on_lots_recalled(fact: LotsRecalled) -> None:
    """Tell the banks that some of the lots went to."""
    lots_relay(fact.case_id, fact.lot_ids)


def on_bank_resumed(fact: BankResumed) -> None:
    """Have every other bank tell the one that is at work again what it recalled meanwhile, and the reverse.

    The reverse, because a bank that came back while this one was away could not hear of its recalls.
    """
    operating = FoodBank.objects.operating().order_by("schema_name")
    banks = {bank.pk: bank for bank in operating if bank.has_schema}
    back = banks.pop(fact.bank_id, None)
    for bank in banks.values():
        with in_tenant(bank, Purpose.RECALL), transaction.atomic():
            emit(RecallsMissed(bank_id=fact.bank_id))
    if back is not None:
        with in_tenant(back, Purpose.RECALL), transaction.atomic():
            for bank_id in banks:
                emit(RecallsMissed(bank_id=bank_id))


def on_recalls_missed(fact: RecallsMissed) -> None:
    """Tell a bank that is at work again about the lots of this bank's recalls that it has, or had."""
    lots_repeat(fact.bank_id)


def on_partner_warned(fact: PartnerWarned) -> None:
    """Write to the partner."""
    told = RecallReach.objects.select_related("case", "partner")
    reach = told.filter(pk=fact.reach_id).first()
    if reach is None:
        return
    bank_id = current_bank_id()
    with in_platform(Purpose.RECALL):
        bank = FoodBank.objects.prefetch_related("domains").get(pk=bank_id)
    warning_send(reach, bank, is_reminder=fact.is_reminder)


def on_goods_received(fact: GoodsReceived) -> None:
    """Hold what comes in against the notices of the network that found nothing in this bank so far.

    Those that have a case here, closed or not, were looked at in the receipt's own transaction.
    """
    _hold_against_network(Lot.objects.filter(receipt_line__receipt=fact.receipt_id))


def on_lots_entered(fact: LotsEntered) -> None:
    """Hold what another bank sent, or the workshop made, against the same notices."""
    _hold_against_network(Lot.objects.filter(pk__in=fact.lot_ids))


def notices_catch_up() -> int:
    """Take the recalls that reached this bank while it was not at work, or never; returns how many."""
    known = dict(RecallStatus.objects.values_list("notice_id", "revision"))
    recent = RecallNotice.objects.filter(published_on__gte=clock.today() - WATCHED)
    missed = [
        RecallPublished(notice_id=pk, revision=revision)
        for pk, revision in recent.order_by("published_on", "pk").values_list("pk", "revision")
        if known.get(pk, 0) < revision
    ]
    for fact in missed:
        on_recall_published(fact)
    return len(missed)


def _hold_against_network(lots: QuerySet[Lot]) -> None:
    came = {lot.pk: lot for lot in lots.select_related("product")}
    codes = {lot.product.gtin for lot in came.values() if lot.product and lot.product.gtin}
    gtins = {code for each in codes for code in packagings_of(each)}
    known = set(RecallCase.objects.values_list("source_key", flat=True))
    recent = RecallNotice.objects.filter(published_on__gte=clock.today() - WATCHED)
    older = (
        RecallNotice.objects.filter(gtins__has_any_keys=sorted(gtins))
        if gtins
        else RecallNotice.objects.none()
    )
    for notice in {each.pk: each for each in (*recent, *older)}.values():
        if key_of(notice) in known or not lots_found(as_received(notice).recall, among=list(came)):
            continue
        case = case_receive(ALERTS, notice=as_received(notice), even_empty=False)
        standing_tell(notice.pk, notice.revision, current_bank_id(), case)
