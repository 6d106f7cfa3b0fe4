"""ASGI entry point, for answers that are pushed or streamed; pages are cheaper through WSGI."""

import os
from importlib import import_module

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")

application = get_asgi_application()
import_module("tenants.isolation.startup").refuse_unsafe()
