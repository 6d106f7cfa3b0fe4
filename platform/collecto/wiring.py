"""Which fact moves what, on one screen.

``inside``: the reaction commits or fails with its cause. ``later``: a row of the outbox, delivered at
least once after the commit, to a handler that is idempotent.
"""

from typing import Any

from apps.delivery import handlers as delivery
from apps.delivery.facts import GoodsDelivered, NoteMailed
from apps.delivery.jobs import NOTES_OF_DAY
from apps.kernel import facts
from apps.kernel.facts import Reactions, Wiring
from apps.kernel.jobs import kinds as jobs
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.kinds import JobKind
from apps.kernel.jobs.running import on_job_advanced
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.orders.facts import OrderCancelled, OrderConfirmed, OrderRevised
from apps.recalls import handlers as recalls
from apps.recalls.facts import LotsRecalled, PartnerWarned, RecallCaseChanged
from apps.receiving import handlers as receiving
from apps.receiving.facts import GoodsReceived
from apps.rounds import handlers as rounds
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.sites.facts import LetterheadChanged
from apps.stock import handlers as stock
from apps.stock.facts import LotBlocked, LotReleased, LotsEntered
from collecto import metrics
from tenants.accounts import handlers as accounts
from tenants.accounts.facts import PersonInvited
from tenants.federation import handlers as federation
from tenants.federation.alerts import handlers as alerts
from tenants.federation.alerts.facts import RecallPublished, RecallsMissed
from tenants.federation.facts import MonthEnded
from tenants.network import handlers as network
from tenants.network.facts import LinkAsked, OfferPublished
from tenants.outbox.hints import hint
from tenants.registry import handlers as registry
from tenants.registry.facts import BankResumed

WIRING: Wiring = {
    JobAdvanced: Reactions(later=(on_job_advanced,)),
    LetterheadChanged: Reactions(later=(registry.on_letterhead_changed,)),
    OfferAccepted: Reactions(inside=(rounds.on_offer_accepted,), later=(network.on_offer_accepted,)),
    OfferDeclined: Reactions(later=(network.on_offer_declined,)),
    GoodsCollected: Reactions(inside=(receiving.on_goods_collected,)),
    StopMissed: Reactions(),
    GoodsReceived: Reactions(
        inside=(stock.on_goods_received, recalls.on_goods_received), later=(alerts.on_goods_received,)
    ),
    LotBlocked: Reactions(),
    LotReleased: Reactions(inside=(recalls.on_lot_released,)),
    LotsEntered: Reactions(inside=(recalls.on_lots_entered,), later=(alerts.on_lots_entered,)),
    OrderConfirmed: Reactions(inside=(delivery.on_order_confirmed, metrics.on_order_confirmed)),
    OrderRevised: Reactions(inside=(delivery.on_order_revised, recalls.on_order_revised)),
    OrderCancelled: Reactions(inside=(delivery.on_order_cancelled, recalls.on_order_cancelled)),
    RecallCaseChanged: Reactions(later=(alerts.on_recall_case_changed,)),
    LotsRecalled: Reactions(later=(alerts.on_lots_recalled,)),
    PartnerWarned: Reactions(later=(alerts.on_partner_warned,)),
    RecallPublished: Reactions(later=(alerts.on_recall_published,)),
    RecallsMissed: Reactions(later=(alerts.on_recalls_missed,)),
    GoodsDelivered: Reactions(),
    NoteMailed: Reactions(later=(delivery.on_note_mailed,)),
    BankResumed: Reactions(later=(alerts.on_bank_resumed,)),
    MonthEnded: Reactions(later=(federation.on_month_ended,)),
    LinkAsked: Reactions(later=(network.on_link_asked,)),
    OfferPublished: Reactions(later=(network.on_offer_published,)),
    PersonInvited: Reactions(later=(accounts.on_person_invited,)),
}

JOBS: tuple[JobKind[Any], ...] = (NOTES_OF_DAY,)
"""Every kind of long work that somebody can ask for."""


def install() -> None:
    """Connect the tables to the kernel."""
    facts.connect(WIRING, hint=hint)
    jobs.connect(JOBS)
