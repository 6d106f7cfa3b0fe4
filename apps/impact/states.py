"""Words of the figures: which way a kilogram went."""

from django.utils.translation import gettext_lazy as _

from apps.impact.rules import Flow

FLOW_LABELS = {
    Flow.IN: _("Received"),
    Flow.OUT: _("Handed over"),
    Flow.LOSS: _("Lost"),
    Flow.SHIPPED: _("Shipped to another bank"),
    Flow.ARRIVED: _("Arrived from another bank"),
    Flow.COUNT: _("Stock count"),
}
