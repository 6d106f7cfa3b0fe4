"""Settings of the workers of these tests: the product's, with the tests' own fact."""

from collecto.settings.demo import *  # noqa: F403

CELERY_IMPORTS = ["tests.tenants.outbox.wired"]
