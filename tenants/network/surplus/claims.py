"""The receiver contests what arrived, the sender answers; both read it in the history of the transfer."""

import datetime as dt
from typing import Final

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from tenants.network.abilities import abilities
from tenants.network.models import Transfer
from tenants.network.states import TransferState
from tenants.network.surplus import errors
from tenants.network.surplus.states import ClaimState
from tenants.network.transfers import transfer_changed

CLAIM_DAYS: Final = 7
"""A claim is made within so many days of the reception."""
RECEIVED: Final = frozenset({TransferState.RECEIVED})


def may_claim(transfer: Transfer) -> bool:
    """Tell whether a transfer can still be contested: received lately, and no claim made."""
    return transfer.state == TransferState.RECEIVED and not transfer.claim_state and not _is_late(transfer)


def transfer_claim(actor: Actor, *, transfer: Transfer, reason: str) -> Transfer:
    """Contest, as the receiver, what arrived; the books stay as they are.

    Raises:
        Forbidden: only the receiver's managers and warehouse.
        TransferMoved: the goods have not been received.
        ClaimNotThere, ClaimTooLate: contested already, or received too long ago.
    """
    require(abilities(actor, transfer), "claim")
    with transfer_changed(actor, transfer, "claimed", within=RECEIVED, reason=reason) as (locked, _lines):
        if locked.claim_state:
            raise errors.ClaimNotThere
        if _is_late(locked):
            raise errors.ClaimTooLate(CLAIM_DAYS)
        locked.claim_state, locked.claim_reason = ClaimState.OPEN, reason[:500]
    return locked


def claim_answer(actor: Actor, *, transfer: Transfer, agrees: bool, answer: str) -> Transfer:
    """Answer a claim, as the sender: agree, or contest it.

    Raises:
        Forbidden: only the sender's managers and warehouse.
        ClaimNotThere: no claim waits.
    """
    require(abilities(actor, transfer), "answer_claim")
    to = ClaimState.ACCEPTED if agrees else ClaimState.REFUSED
    act = f"claim_{to.value}"
    with transfer_changed(actor, transfer, act, within=RECEIVED, reason=answer) as (locked, _lines):
        if locked.claim_state != ClaimState.OPEN:
            raise errors.ClaimNotThere
        locked.claim_state, locked.claim_answer = to, answer[:500]
    return locked


def _is_late(transfer: Transfer) -> bool:
    received = transfer.received_on
    return received is not None and clock.today() - received > dt.timedelta(days=CLAIM_DAYS)
