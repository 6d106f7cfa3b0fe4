"""Settings of the workers of these tests: the product's, with a schedule fast enough to watch."""

from collecto.settings.demo import *  # noqa: F403
from collecto.settings.schedule import every_bank, once

CELERY_IMPORTS = ["tests.tenants.tasks.jobs"]
CELERY_BEAT_SCHEDULE = {
    "visit": every_bank("test.visit", every_s=2),
    "census": once("test.census", every_s=2),
}
