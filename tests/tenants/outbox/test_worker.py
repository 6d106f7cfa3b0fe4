"""With a worker, the hint sent after the commit is enough; without one, the commit itself delivers.

The broker is real: the embedded one, or ``CELERY_TEST_BROKER_URL``. So is the worker: a process.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app  # the product's own, loaded at start-up
from django.conf import settings

from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_decline
from collecto.broker import EmbeddedBroker
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.services import catalogue_adopt, library_load
from tenants.network.models import RoutingStep
from tenants.network.states import StepState
from tenants.outbox.tasks import sweep
from tenants.registry.models import FoodBank
from tests.making.network import publish
from tests.people import actor_as
from tests.spaces import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 40


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory) -> Iterator[str]:
    if given := os.environ.get("CELERY_TEST_BROKER_URL"):
        yield given
        return
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker.url


@pytest.fixture
def asked(fresh_bank) -> tuple[FoodBank, RoutingStep]:
    """A bank of its own, asked to take carrots that only its department has."""
    bank = fresh_bank(departments=["48"], address={"department": "48", "city": "Mende"})
    library_load(OPERATOR)
    catalogue_adopt(OPERATOR, bank=bank)
    offer = publish(department="48")
    with in_platform(Purpose.TEST):
        step = RoutingStep.objects.get(offer=offer, bank=bank)
    return bank, step


def decline(bank) -> None:
    with in_tenant(bank, Purpose.TEST):
        offer_decline(actor_as(Role.MANAGER), offer=Offer.objects.get(), reason="no_room")


def state_of(step) -> str:
    with in_platform(Purpose.TEST):
        return RoutingStep.objects.get(pk=step.pk).state


def test_without_a_broker_the_network_knows_as_soon_as_the_answer_is_committed(asked):
    bank, step = asked
    decline(bank)
    assert state_of(step) == StepState.DECLINED


def test_with_a_worker_the_network_knows_shortly_after(asked, broker_url, settings, tmp_path):
    bank, step = asked
    use(settings, broker_url)
    worker = start_worker(broker_url, tmp_path / "worker.log")
    try:
        decline(bank)
        deadline = time.monotonic() + PATIENCE_S
        while state_of(step) != StepState.DECLINED and time.monotonic() < deadline:
            time.sleep(0.2)
        assert state_of(step) == StepState.DECLINED, (tmp_path / "worker.log").read_text()[-2000:]
    finally:
        worker.terminate()
        worker.wait(timeout=20)
        use(settings, "")


def test_a_hint_that_the_broker_does_not_take_loses_nothing(asked, settings):
    bank, step = asked
    use(settings, "redis://127.0.0.1:1/0")
    decline(bank)
    assert state_of(step) == StepState.ASKED
    use(settings, "")
    sweep()
    assert state_of(step) == StepState.DECLINED


def use(settings: Any, broker_url: str) -> None:
    """Point the product's task application at a broker."""
    settings.CELERY_BROKER_URL = broker_url
    current_app.conf.update(broker_url=broker_url)


def start_worker(broker_url: str, log: Path) -> subprocess.Popen[bytes]:
    """Start a Celery worker on the test database."""
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "collecto.settings.demo",
        "DATABASE_URL": f"{url}/{database['NAME']}",
        "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "only-for-tests",
    }
    command = [sys.executable, "-m", "celery", "-A", "collecto.celery", "worker", "--concurrency", "1"]
    with log.open("wb") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
