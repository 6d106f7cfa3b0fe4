"""Acts of delivery: picking, handing over, setting the solidarity contribution."""

from apps.delivery.services.handover import handover_record
from apps.delivery.services.picking import picking_cancel, picking_open, picking_record
from apps.delivery.services.rates import rate_create, rate_update

__all__ = [
    "handover_record",
    "picking_cancel",
    "picking_open",
    "picking_record",
    "rate_create",
    "rate_update",
]
