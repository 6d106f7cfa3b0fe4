"""A recall of the network goes to every bank at work, each in its own name, and each says how far it is."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.facts import emit
from apps.recalls.models import RecallCase
from apps.recalls.selectors import standing_of
from apps.recalls.services import NewGroup, Notice
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.alerts.facts import RecallPublished
from tenants.federation.alerts.models import RecallNotice, RecallStatus
from tenants.federation.alerts.states import BankStanding
from tenants.registry.models import FoodBank


def notice_spread(notice: RecallNotice) -> None:
    """Leave word in the name of every bank at work, in the transaction that wrote the notice.

    Each bank's word is a row of its own: a bank that fails, or is away, keeps nobody waiting.
    """
    for bank in FoodBank.objects.operating().order_by("schema_name"):
        if bank.has_schema:
            with in_tenant(bank, Purpose.RECALL):
                emit(RecallPublished(notice_id=notice.pk, revision=notice.revision))


def key_of(notice: RecallNotice) -> str:
    """Return what makes a notice one case in a bank."""
    return f"notice:{notice.pk}"


def as_received(notice: RecallNotice) -> Notice:
    """Return a notice of the network as a bank takes it."""
    return Notice(
        source=notice.source,
        key=key_of(notice),
        notice_id=notice.pk,
        version=notice.revision,
        reference=notice.sheet_number,
        title=notice.title,
        brand=notice.brand,
        motive=notice.motive,
        advice=notice.advice,
        distributors=notice.distributors,
        sold_from=notice.sold_from,
        sold_until=notice.sold_until,
        published_on=notice.published_on,
        ends_on=notice.ends_on,
        link=notice.link,
        is_exercise=notice.is_exercise,
        groups=[_group(each) for each in notice.groups],
    )


def _group(each: dict[str, Any]) -> NewGroup:
    names = ("gtin", "lot_text", "date_kind", "date_text", "unread")
    gtin, lot_text, date_kind, date_text, unread = (str(each.get(name) or "") for name in names)
    return NewGroup(gtin=gtin, lot_text=lot_text, date_kind=date_kind, date_text=date_text, unread=unread)


def standing_tell(notice_id: UUID, revision: int, bank_id: UUID, case: RecallCase | None) -> RecallStatus:
    """Write how far the open bank is with a notice, for the federation and the bank itself."""
    values = {"revision": revision, "updated_at": clock.now(), **_values(case)}
    with in_platform(Purpose.RECALL), transaction.atomic():
        status, _is_new = RecallStatus.objects.update_or_create(
            notice_id=notice_id, bank_id=bank_id, defaults=values
        )
    return status


def _values(case: RecallCase | None) -> dict[str, Any]:
    """Return how far a case is; without a case nothing was found."""
    if case is None:
        return {"standing": BankStanding.NO_LOT}
    now = standing_of(case)
    return {
        "standing": _standing(
            case,
            lots=now.lots,
            to_check=now.to_check,
            partners=now.partners,
            told=now.told,
            answered=now.answered,
        ),
        "lot_count": now.lots,
        "to_check_count": now.to_check,
        "matched_grams": now.grams.entered,
        "quarantined_grams": now.quarantined_grams,
        "served_grams": now.grams.served,
        "frozen_count": now.frozen,
        "partner_count": now.partners,
        "told_count": now.told,
        "answered_count": now.answered,
        "kept_back_at": case.kept_back_at,
        "told_at": case.told_at,
        "closed_at": case.closed_at,
    }


def _standing(
    case: RecallCase, *, lots: int, to_check: int, partners: int, told: int, answered: int
) -> BankStanding:
    if not case.is_open:
        return BankStanding.CLOSED
    if to_check:
        return BankStanding.TO_CHECK
    if not lots:
        return BankStanding.NO_LOT
    if partners and answered >= partners:
        return BankStanding.ANSWERED
    return BankStanding.TOLD if told else BankStanding.KEPT_BACK
