"""With a worker, the hint sent after the commit is enough; without one, the commit itself delivers.

The broker is real: the embedded one, or ``CELERY_TEST_BROKER_URL``. So is the worker: a process.
"""

import pytest

from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_decline
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.services import catalogue_adopt, library_load
from tenants.network.models import RoutingStep
from tenants.network.states import StepState
from tenants.outbox.tasks import sweep
from tenants.registry.models import FoodBank
from tests.making.network import publish
from tests.people import actor_as
from tests.spaces import OPERATOR
from tests.workers import sending_to, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_with_a_worker_the_network_knows_shortly_after(asked, broker_url, tmp_path):
    bank, step = asked
    with sending_to(broker_url), worker(broker_url, tmp_path / "worker.log") as process:
        decline(bank)
        assert wait_until(lambda: state_of(step) == StepState.DECLINED), process.said()


def test_a_hint_that_the_broker_does_not_take_loses_nothing(asked):
    bank, step = asked
    with sending_to("redis://127.0.0.1:1/0"):
        decline(bank)
    assert state_of(step) == StepState.ASKED
    sweep()
    assert state_of(step) == StepState.DECLINED
