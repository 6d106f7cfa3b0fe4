"""States of an order, and what is still possible in each."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """Where an order stands."""

    CONFIRMED = "confirmed", _("Confirmed")
    PICKED = "picked", _("Ready")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = frozenset({OrderStatus.CONFIRMED, OrderStatus.PICKED})
"""States in which goods are reserved for the order; the bank may still cancel it."""

CANCELLABLE_BY_PARTNER = frozenset({OrderStatus.CONFIRMED})
"""States in which the partner may cancel by itself; later it calls the bank."""

TO_REPAIR: Final = "repair"
"""What the list of orders is asked for to show those that hold goods which may not leave on their day."""
