"""Demonstration on one machine: embedded servers, one click to enter as any role."""

from collecto.settings import environment
from collecto.settings.base import *

DEMO = True
RAPPELCONSO_ON = environment.flag("COLLECTO_RAPPELCONSO")
"""A demonstration reads no public notice unless it is told to."""
SITE_SCHEME = "http"
SITE_PORT = environment.value("COLLECTO_SITE_PORT", "8000")
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
