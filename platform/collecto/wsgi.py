"""WSGI entry point."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from collecto.frame_room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")

application = with_room(get_wsgi_application())
import_module("tenants.isolation.startup").refuse_unsafe()
