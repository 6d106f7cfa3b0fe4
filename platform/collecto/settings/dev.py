"""Development: errors in full, templates reloaded."""

from collecto.settings.demo import *  # noqa: F403

DEBUG = True
