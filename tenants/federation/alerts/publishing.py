"""The federation enters a recall for the whole network by hand: every bank gets a case."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.recalls.selectors import named_barcode
from tenants.crossing import Purpose, in_platform
from tenants.federation.abilities import alert_abilities
from tenants.federation.alerts.models import RecallNotice
from tenants.federation.alerts.spreading import notice_spread
from tenants.federation.alerts.states import NoticeSource


def recall_publish(
    actor: Actor,
    *,
    op_key: UUID,
    title: str,
    motive: str,
    advice: str = "",
    gtin: str = "",
    lot_text: str = "",
    date_kind: str = "",
    date_text: str = "",
    brand: str = "",
    distributors: str = "",
    sold_from: dt.date | None = None,
    sold_until: dt.date | None = None,
    is_exercise: bool = False,
) -> RecallNotice:
    """Publish a recall to every bank at work; sent again, it returns the first one.

    Raises:
        Forbidden: only people of the federation.
        NothingNamed, WrongBarcode: what is named would find nothing, or is no barcode.
    """
    require(alert_abilities(actor), "publish")
    code = named_barcode(
        gtin, brand=brand, distributors=distributors, sold_from=sold_from, sold_until=sold_until
    )
    group = {"gtin": code, "lot_text": lot_text, "date_kind": date_kind, "date_text": date_text, "unread": ""}
    with in_platform(Purpose.RECALL), transaction.atomic():
        known = RecallNotice.objects.filter(pk=op_key).first()
        if known is not None:
            return known
        notice = RecallNotice(pk=op_key, source=NoticeSource.FEDERATION, arrived_at=clock.now())
        notice.sheet_number = f"FFBA-{clock.today():%Y%m%d}-{op_key.hex[-6:].upper()}"
        notice.published_by = actor.label[:200]
        fields = {
            "title": title.strip(),
            "motive": motive.strip(),
            "advice": advice.strip(),
            "brand": brand.strip(),
            "distributors": distributors.strip(),
            "sold_from": sold_from,
            "sold_until": sold_until,
            "published_on": clock.today(),
            "groups": [group],
            "gtins": [code] if code else [],
            "is_exercise": is_exercise,
        }
        for name, value in fields.items():
            setattr(notice, name, value)
        notice.save(force_insert=True)
        notice_spread(notice)
    return notice
