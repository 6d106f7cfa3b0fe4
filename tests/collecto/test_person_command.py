"""``collecto person forget``: counts first, does it when told to, says what is kept and why."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from apps.donors.models import Donor
from apps.donors.services import donor_update
from apps.kernel.abilities import Role
from apps.kernel.history import history_of
from collecto.commands import main
from collecto.commands.people import console
from tenants.accounts.hats import hat_end
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.banks import events_of
from tests.making.donors import make_donor
from tests.making.people import acting, hat_of, make_person
from tests.people import actor_as

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "ines@example.org"

Forget = Callable[..., str]


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Forget:
    """Run ``collecto person forget …`` here and return what it says."""
    monkeypatch.setattr(console, "_width", 200, raising=False)

    def said(*arguments: str, code: int = 0) -> str:
        with console.capture() as captured:
            result = CliRunner().invoke(main, ["person", "forget", *arguments])
        assert result.exit_code == code, f"{captured.get()}{result.output}{result.exception!r}"
        return captured.get()

    return said


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    return fresh_bank()


@pytest.fixture
def ines(bank: FoodBank) -> User:
    """Somebody who changed a donor and holds a role."""
    user = make_person(EMAIL, bank, Role.STOCK)
    with in_tenant(bank, Purpose.TEST):
        donor_update(acting(user, Role.MANAGER), donor=make_donor(code="ONE"), city="Dole")
    return user


def names_told(bank: FoodBank) -> set[str]:
    with in_tenant(bank, Purpose.TEST):
        return {entry.actor_label for entry in history_of(Donor.objects.get(code="ONE"))}


def leave(user: User, bank: FoodBank) -> None:
    with in_platform(Purpose.TEST):
        hat = hat_of(user, bank, Role.STOCK)
        hat_end(actor_as(Role.MANAGER), place=bank, hat_id=hat.pk, reason="moved")


def test_who_has_left_is_counted_then_forgotten(forget: Forget, bank: FoodBank, ines: User):
    leave(ines, bank)
    said = forget(EMAIL.upper())
    assert bank.slug in said
    assert "Nothing was changed" in said
    assert "traceability" in said
    assert "Ines" in names_told(bank)
    assert "name_forgotten" not in events_of(bank)
    assert str(ines.pk) in forget(EMAIL, "--yes")
    assert "Ines" not in names_told(bank)
    assert events_of(bank)[-1] == "name_forgotten"
    assert "No bank holds the name" in forget(EMAIL)


def test_who_still_has_a_role_is_refused_in_words(forget: Forget, bank: FoodBank, ines: User):
    assert "still has a role" in forget(EMAIL, "--yes", code=1)
    assert "Ines" in names_told(bank)


def test_an_address_that_nobody_has_is_said(forget: Forget, db: None):
    assert "Nobody signs in with" in forget("nobody@example.org", code=1)
