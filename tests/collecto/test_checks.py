"""An installation whose settings would let banks mix does not start."""

import pytest
from django.core.checks import Tags, run_checks

from collecto.checks import (
    applications_have_one_home,
    connection_is_guarded,
    identities_come_over_tls,
    role_names_fit,
)


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


@pytest.mark.parametrize(
    ("issuer", "is_fine"),
    [
        ("", True),
        ("https://auth.agentconnect.gouv.fr/api/v2", True),
        ("http://auth.agentconnect.gouv.fr/api/v2", False),
        ("HTTP://auth.agentconnect.gouv.fr", False),
        ("auth.agentconnect.gouv.fr", False),
        ("https://", False),
        ("ftp://auth.agentconnect.gouv.fr", False),
    ],
)
def test_identities_come_over_tls(settings, issuer: str, is_fine: bool):
    settings.PROCONNECT_ISSUER = issuer
    assert ([each.id for each in identities_come_over_tls(None)] == []) is is_fine


def test_an_issuer_without_tls_stops_a_production_start(settings):
    settings.PROCONNECT_ISSUER = "http://localhost:9000"
    said = [each.id for each in run_checks(tags=[Tags.security], include_deployment_checks=True)]
    assert "collecto.E006" in said
    assert "collecto.E006" not in [each.id for each in run_checks(tags=[Tags.security])]
