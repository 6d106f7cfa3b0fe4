"""Fixtures of the whole suite: two twin banks, their people, an open scope.

Twin banks hold rows with the same primary keys, so that a row read from the wrong one would show.
"""

import os
from importlib import import_module

import django

from tests.server import ensure_server

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser driver keeps an event loop in this thread
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.test")
ensure_server()
django.setup()
import_module("collecto.urls_tenant")  # forms are read before any bank is open, as in a web process

pytest_plugins = [
    "tests.spaces",
    "tests.people",
    "tests.living",
    "tests.caches",
    "tests.workers",
    "tests.twins",
    "tests.loops",
    "tests.watching",
]
