"""Writes of the network, all of them: donors and offers, routing, transfers between banks."""

from tenants.network.offering import (
    NewNetworkLine,
    donor_account_ensure,
    offer_publish,
    offer_withdraw,
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
    "offer_publish",
    "offer_withdraw",
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
