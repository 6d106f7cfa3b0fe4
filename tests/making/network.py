"""Builders of rows shared by several banks."""

from typing import Any
from uuid import uuid4

from tenants.crossing import Purpose, in_platform
from tenants.network.models import Transfer, TransferLine
from tenants.network.states import TransferState
from tenants.registry.models import FoodBank


def make_transfer(
    from_bank: FoodBank, to_bank: FoodBank, *, grams: int = 100_000, **overrides: Any
) -> TransferLine:
    """Write an accepted transfer of one line, ready to ship, without any ledger behind it."""
    fields = {
        "number": f"TR-TEST-{uuid4().hex[:8]}",
        "op_key": uuid4(),
        "from_label": from_bank.name,
        "to_label": to_bank.name,
        "state": TransferState.ACCEPTED,
    }
    line = {
        "lot_id": uuid4(),
        "lot_number": "LOT-TEST",
        "label": "Pommes Golden",
        "location_id": uuid4(),
        "location_label": "A1",
        "origin": {},
        "proposed_grams": grams,
    }
    with in_platform(Purpose.TEST):
        transfer = Transfer.objects.create(from_bank=from_bank, to_bank=to_bank, **fields)
        return TransferLine.objects.create(transfer=transfer, **{**line, **overrides})
