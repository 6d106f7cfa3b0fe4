"""Acts of delivery: picking, handing over, setting the solidarity contribution."""

from apps.delivery.services.handover import handover_record
from apps.delivery.services.picking import picking_cancel, picking_open, picking_record
from apps.delivery.services.rates import rate_create, rate_update
from apps.delivery.services.revising import picking_revise
from apps.delivery.services.sending import note_mail

__all__ = [
    "handover_record",
    "note_mail",
    "picking_cancel",
    "picking_open",
    "picking_record",
    "picking_revise",
    "rate_create",
    "rate_update",
]
