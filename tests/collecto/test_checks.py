"""An installation whose settings would let banks mix does not start."""

import pytest

from collecto.checks import applications_have_one_home, connection_is_guarded, role_names_fit


@pytest.mark.pitfall(4)
def test_an_application_that_is_shared_and_a_bank_s_at_once_is_refused(settings):
    assert applications_have_one_home(None) == []
    settings.TENANT_APPS = [*settings.TENANT_APPS, "tenants.registry"]
    assert [error.id for error in applications_have_one_home(None)] == ["collecto.E001"]


def test_a_connection_that_does_not_follow_the_open_bank_is_refused(monkeypatch, settings):
    assert connection_is_guarded(None) == []
    monkeypatch.setitem(settings.DATABASES, "other", {"ENGINE": "django.db.backends.postgresql"})
    assert [error.id for error in connection_is_guarded(None)] == ["collecto.E002"]


@pytest.mark.parametrize(
    ("prefix", "is_fine"),
    [
        ("collecto", True),
        ("collecto_demo", True),
        ("collecto_production", False),
        ("col:lecto", False),
        ("Collecto", False),
        ("", False),
    ],
)
def test_a_prefix_of_roles_leaves_room_for_the_longest_bank(settings, prefix: str, is_fine: bool):
    settings.DATABASE_ROLE_PREFIX = prefix
    assert (role_names_fit(None) == []) is is_fine
