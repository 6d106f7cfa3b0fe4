"""A process that serves pages of one bank and says how long each took; run by the bench.

``page.py prepare`` makes the bank, its rows and a signed-in person, and prints the key of the session.
``page.py serve <session>`` reads ``<path> <count>`` lines and answers each with the times in milliseconds.
The settings (``DJANGO_SETTINGS_MODULE``) say whether the product or plain Django is behind them.
"""

import json
import os
import sys
import time
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

import django

if TYPE_CHECKING:
    from apps.kernel.abilities import Role
    from tenants.registry.models import FoodBank

SLUG = "page"
DONORS = 60


def prepare() -> str:
    """Make what is served and return the key of a session."""
    from django.conf import settings

    from apps.donors.models import Donor
    from apps.kernel.abilities import Role
    from tenants.crossing import Purpose, in_tenant

    bank = _guarded_bank() if "owner" in settings.DATABASES else _plain_bank()
    session = signed_in(bank, Role.MANAGER)
    with in_tenant(bank, Purpose.COMMAND):
        Donor.objects.bulk_create(
            Donor(code=f"D{n:03}", name=f"Donor {n}", kind="shop", supply_source="donation", city="Dijon")
            for n in range(DONORS)
        )
    return session


def signed_in(bank: "FoodBank", role: "Role") -> str:
    """Return the key of the session of somebody who has a role in a bank."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from tenants.accounts.middleware import SPACE, space_of
    from tenants.accounts.services import membership_grant, person_ensure
    from tenants.crossing import Purpose, in_platform

    with in_platform(Purpose.COMMAND):
        user = person_ensure(email=f"{bank.slug}@example.org", full_name="Bench")
        membership_grant(user=user, bank=bank, role=role)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[SPACE] = space_of(bank)
        session.create()
    return str(session.session_key)


def _guarded_bank() -> "FoodBank":
    from apps.kernel.abilities import software
    from collecto.migrate import migrate_public
    from tenants.registry.services import NewBank, bank_open

    migrate_public()
    return bank_open(software("bench"), new=NewBank(name="Banque Page", slug=SLUG, departments=["21"]))


def _plain_bank() -> "FoodBank":
    from django.core.management import call_command

    from tenants.crossing import Purpose, in_platform
    from tenants.registry.models import FoodBank

    with in_platform(Purpose.COMMAND):
        call_command("migrate", verbosity=0)
        bank = FoodBank(name="Banque Page", slug=SLUG, schema_name="public", status="active")
        bank.save()
        return bank


def serve(session: str) -> None:
    """Answer orders until the end of input."""
    from django.core.wsgi import get_wsgi_application

    from collecto.frame_room import with_room

    application = with_room(get_wsgi_application())
    if hasattr(
        os, "sched_setaffinity"
    ):  # both processes on one processor, so that neither has the better one
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print("ready", flush=True)
    for line in sys.stdin:
        path, count = line.split()
        print(json.dumps([answered(application, session, path) for _ in range(int(count))]), flush=True)


def answered(application: WSGIApplication, session: str, path: str, slug: str = SLUG) -> float:
    """Return the milliseconds of one answer, from the request to the last byte of the page."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"{slug}.localhost",
        "HTTP_COOKIE": f"session={session}",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answers: list[str] = []
    started = time.perf_counter()
    response = application(environ, lambda status, *rest: answers.append(status))  # type: ignore[arg-type]  # noqa: ARG005
    body = b"".join(response)
    response.close()  # type: ignore[attr-defined]
    elapsed = (time.perf_counter() - started) * 1000
    if not answers[0].startswith("200") or b"</html>" not in body:
        raise SystemExit(f"{slug} {path}: {answers[0]}")
    return elapsed


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        print(prepare())
    else:
        serve(sys.argv[2])
