"""Hints: waking whoever delivers the outbox, after a commit."""

import logging

from django.conf import settings
from kombu.exceptions import OperationalError

from tenants.outbox.delivery import drain
from tenants.outbox.tasks import sweep

logger = logging.getLogger("collecto.outbox")


def hint() -> None:
    """Wake whoever delivers: a worker where there is one, this process otherwise.

    Losing the hint loses nothing: the periodic sweep finds the row.
    """
    if not settings.CELERY_BROKER_URL:
        drain()
        return
    try:
        sweep.delay()
    except OperationalError:
        logger.warning("the broker does not answer; the sweep will deliver")
