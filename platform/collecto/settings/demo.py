"""Demonstration on one machine: embedded servers, one click to enter as any role."""

from collecto.settings.base import *

DEMO = True
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
