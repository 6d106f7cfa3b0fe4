"""The doctor looks at everything that must be in order, and says plainly what is not."""

import pytest
from django.conf import settings

from apps.kernel.scope import OWNER_DATABASE
from collecto.doctor import NOT_LOOKED_AT, findings
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank

pytestmark = pytest.mark.django_db(transaction=True)
SUBJECTS = ["database", "login", "migrations", "spaces", "references", "outbox", "broker"]


def told() -> dict[str, str]:
    return {finding.subject: finding.sentence for finding in findings()}


def wrong() -> set[str]:
    return {finding.subject for finding in findings() if not finding.is_fine}


def test_an_installation_in_order_is_said_to_be(twin_a):
    assert list(told()) == SUBJECTS
    assert wrong() <= {"login"}


def test_the_login_of_a_superuser_is_named(twin_a):
    """The suite's own connection only takes the application's identity: it logged in as somebody mightier."""
    assert "superuser" in told()["login"]


def test_a_bank_without_its_schema_is_named(fresh_bank):
    bank = fresh_bank()
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(schema_name="b_lost")
    try:
        assert bank.slug in told()["spaces"]
    finally:
        with in_platform(Purpose.TEST):
            FoodBank.objects.filter(pk=bank.pk).update(schema_name=bank.schema_name)


def test_without_the_owner_s_login_the_doctor_says_what_it_did_not_look_at(twin_a, monkeypatch):
    monkeypatch.delitem(settings.DATABASES, OWNER_DATABASE)
    assert {told()[subject] for subject in ("migrations", "spaces")} == {NOT_LOOKED_AT}
