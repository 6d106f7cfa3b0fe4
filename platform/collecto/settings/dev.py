"""Development: errors in full, templates reloaded."""

from collecto.settings.demo import *

DEBUG = True
