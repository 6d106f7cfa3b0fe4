"""Writes of the network, all of them: donors, their links and offers, routing, transfers."""

from tenants.network.linking import (
    link_ask,
    link_ensure,
    link_make,
    link_renew,
    link_restore,
    link_revoke,
    link_send,
    link_used,
)
from tenants.network.offering import (
    NewNetworkLine,
    donor_account_ensure,
    offer_publish,
    offer_withdraw,
)
from tenants.network.recurring import (
    recurrence_end,
    recurrence_make,
    recurrence_pause,
    recurrence_resume,
    recurrences_pause_all,
    recurrences_publish,
)
from tenants.network.routing import step_answer, step_open, steps_advance_due
from tenants.network.transfers import (
    transfer_accept,
    transfer_cancel,
    transfer_decline,
    transfer_propose,
    transfer_receive,
    transfer_ship,
)

__all__ = [
    "NewNetworkLine",
    "donor_account_ensure",
    "link_ask",
    "link_ensure",
    "link_make",
    "link_renew",
    "link_restore",
    "link_revoke",
    "link_send",
    "link_used",
    "offer_publish",
    "offer_withdraw",
    "recurrence_end",
    "recurrence_make",
    "recurrence_pause",
    "recurrence_resume",
    "recurrences_pause_all",
    "recurrences_publish",
    "step_answer",
    "step_open",
    "steps_advance_due",
    "transfer_accept",
    "transfer_cancel",
    "transfer_decline",
    "transfer_propose",
    "transfer_receive",
    "transfer_ship",
]
