"""``collecto ledger``: the books proved and a lot explained, from the command line."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from apps.sites.models import Location
from apps.stock.models import Lot
from collecto.commands import main
from collecto.commands.books import console
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.models import BooksCheck
from tenants.registry.models import FoodBank
from tests.making.sites import make_location
from tests.making.stock import make_lot, reserved_item
from tests.spaces import tampering

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``collecto ledger …`` here; what it says is in ``stdout``."""
    monkeypatch.setattr(console, "_width", 160, raising=False)

    def said(*arguments: str, code: int = 0) -> Result:
        with console.capture() as captured:
            result = CliRunner().invoke(main, ["ledger", *arguments])
        assert result.exit_code == code, f"{captured.get()}{result.output}{result.exception!r}"
        result.stdout_bytes = captured.get().encode()
        return result

    return said


@pytest.fixture
def shelf(twin_a: FoodBank) -> Location:
    with in_tenant(twin_a, Purpose.TEST):
        return make_location()


@pytest.fixture
def lot(twin_a: FoodBank, shelf: Location) -> Lot:
    with in_tenant(twin_a, Purpose.TEST):
        made = make_lot(5_000, location=shelf, number="LOT-2026-00042")
        reserved_item(made, shelf, 1_200)
    return made


def drift(bank: FoodBank, lot: Lot, kind: str, grams: int) -> int:
    """Hide grams in a balance of a lot, as if what is there were committed; returns the account."""
    with in_tenant(bank, Purpose.TEST), tampering() as cursor:
        account = lot.accounts.get(kind=kind).pk
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        sql = f'UPDATE "{bank.schema_name}".stock_balance SET grams = grams + %s WHERE account_id = %s'
        cursor.execute(sql, [grams, account])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return int(account)


def test_books_that_hold_end_well_and_those_that_do_not_name_bank_lot_account_and_grams(
    run: Run, twin_a: FoodBank, twin_b: FoodBank, shelf: Location
):
    with in_tenant(twin_a, Purpose.TEST):
        lot = make_lot(5_000, location=shelf)
    assert run("verify").stdout == "the books balance\n"
    account = drift(twin_a, lot, "donor", 1)
    said = " ".join(run("verify", code=1).stdout.split())
    assert f"Banque Twin A: lot {lot.number}, account {account} donor: balance -4999 g" in said
    assert "movements -5000 g, difference +1 g 1 differences" in said
    assert run("verify", "--bank", "twin-b").stdout == "the books balance\n"
    with in_platform(Purpose.TEST):
        kept = dict(BooksCheck.objects.values_list("bank_id", "difference_count"))
    assert (kept[twin_a.pk], kept[twin_b.pk]) == (1, 0)


def test_a_bank_that_does_not_exist_is_said_not_to(run: Run, twin_a: FoodBank):
    for asked in (("verify",), ("explain", "LOT-1")):
        assert (
            "no bank at work has the sub-domain 'nowhere'" in run(*asked, "--bank", "nowhere", code=1).stderr
        )


def test_a_lot_is_explained_kind_by_kind_down_to_what_is_on_hand(run: Run, lot: Lot):
    said = run("explain", lot.number).stdout
    words = " ".join(said.replace("│", " ").replace("┃", " ").split())
    assert "receive 1 5,000 g" in words
    assert "reserve 1 1,200 g" in words
    assert "3,800 g 1,200 g 5,000 g" in words
    assert "in 5,000 g - out 0 g = on hand 5,000 g" in words


def test_a_lot_that_nobody_has_is_said_to_be_unknown(run: Run, twin_a: FoodBank):
    assert "no lot of any bank has the number LOT-1999-1" in run("explain", "LOT-1999-1", code=1).stderr


def test_a_number_that_several_banks_gave_asks_for_the_bank(run: Run, lot: Lot, twin_b: FoodBank):
    with in_tenant(twin_b, Purpose.TEST):
        make_lot(700, location=make_location(), number=lot.number)
    refused = run("explain", lot.number, code=1).stderr
    assert "add --bank, one of twin-a, twin-b" in refused
    assert "= on hand 700 g" in run("explain", lot.number, "--bank", "twin-b").stdout


def test_a_lot_whose_balance_drifted_is_explained_with_the_difference(run: Run, twin_a: FoodBank, lot: Lot):
    drift(twin_a, lot, "on_hand", -1)
    assert "the balances say 4,999 g: difference -1 g" in run("explain", lot.number, code=1).stdout
