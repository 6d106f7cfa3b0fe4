"""Which fact moves what, on one screen.

``inside``: the reaction commits or fails with its cause. ``later``: a row of the outbox, delivered at
least once after the commit, to a handler that is idempotent.
"""

from apps.kernel import facts
from apps.kernel.facts import Reactions, Wiring
from tenants.outbox.delivery import hint

WIRING: Wiring = {}


def install() -> None:
    """Connect the table to the kernel."""
    facts.connect(WIRING, hint=hint)
