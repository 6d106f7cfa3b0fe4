"""Where a replica is configured, the federation reads figures and documents there, and nothing else does."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.kernel.abilities import Role
from apps.kernel.models import AuditEntry
from apps.kernel.scope import REPLICA_DATABASE
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.federation.models import Rollup
from tenants.isolation.backend.base import DatabaseWrapper
from tenants.network.models import Transfer
from tenants.registry.models import FoodBank
from tests.making.logins import logged_in

pytestmark = pytest.mark.pitfall(20)


@pytest.fixture
def replica(db: None) -> Iterator[DatabaseWrapper]:
    """A second connection that stands for a copy of the database."""
    with logged_in(REPLICA_DATABASE) as found:
        yield found


def test_the_federation_s_pages_read_figures_from_the_replica(federation: FoodBank, replica, sign_in):
    browser = sign_in(federation, Role.FEDERATION)
    browser.get("/")
    with CaptureQueriesContext(replica) as there, CaptureQueriesContext(connection) as here:
        assert browser.get("/").status_code == 200
    assert any("network_figures" in query["sql"] for query in there)
    assert not any("network_figures" in query["sql"] for query in here)
    assert any("django_session" in query["sql"] for query in here)
    assert not any("django_session" in query["sql"] for query in there)


def test_figures_and_documents_of_the_federation_come_from_the_replica_and_go_to_the_database(
    federation: FoodBank, replica
):
    with in_federation(federation, Purpose.TEST):
        assert {model.objects.all().db for model in (Rollup, Transfer)} == {REPLICA_DATABASE}
        assert FoodBank.objects.all().db == "default"
        assert Transfer(number="T")._state.db is None
        assert Transfer.objects.db_manager().db == REPLICA_DATABASE


def test_a_bank_and_the_platform_never_read_from_the_replica(twin_a: FoodBank, replica):
    with in_tenant(twin_a, Purpose.TEST):
        assert (AuditEntry.objects.all().db, Transfer.objects.all().db) == ("default", "default")
    with in_platform(Purpose.TEST):
        assert (Rollup.objects.all().db, Transfer.objects.all().db) == ("default", "default")


def test_the_replica_answers_under_the_federation_s_role(federation: FoodBank, replica):
    with in_federation(federation, Purpose.TEST) as scope, replica.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        assert cursor.fetchone() == (scope.role,)
