"""A named lock keeps the same work of one bank apart, and never makes another bank wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections, transaction

from apps.kernel.errors import Busy, refusal_in
from apps.kernel.scope import NoScope
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.isolation.locks import (
    ORDER,
    LockLost,
    LockOrder,
    LockSpace,
    in_order,
    lock_key,
    lock_number,
    lock_until_commit,
    locked,
    require_order,
)
from tenants.registry.models import FoodBank
from tests.spaces import bank_called

pytestmark = pytest.mark.pitfall(18)


@pytest.fixture
def twins(transactional_db: None) -> tuple[FoodBank, FoodBank]:
    """Both banks, with connections that commit."""
    return bank_called("twin-a"), bank_called("twin-b")


def elsewhere(bank: FoodBank, act: Callable[[], Any]) -> Any:
    """Do something in a bank, on another connection; return the answer or the error."""

    def run() -> Any:
        try:
            with in_tenant(bank, Purpose.TEST):
                return act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        return other.submit(run).result()


def try_session() -> str:
    with locked("count", wait=False):
        return "taken"


def try_transaction() -> str:
    with transaction.atomic():
        lock_until_commit("count", wait=False)
        return "taken"


def wait_a_little() -> str:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        lock_until_commit("count")
        return "taken"


TRIES = [try_session, try_transaction]


@pytest.mark.parametrize("attempt", TRIES)
def test_the_same_name_in_the_same_bank_is_busy_until_it_is_free(twins, attempt):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST):
        with locked("count"):
            assert isinstance(elsewhere(bank, attempt), Busy)
        assert elsewhere(bank, attempt) == "taken"


@pytest.mark.parametrize("attempt", TRIES)
def test_the_same_name_in_another_bank_does_not_wait(twins, attempt):
    bank, other = twins
    with in_tenant(bank, Purpose.TEST), locked("count"):
        assert elsewhere(other, attempt) == "taken"


@pytest.mark.parametrize("attempt", TRIES)
def test_a_lock_until_commit_is_freed_by_the_commit_and_by_a_rollback(twins, attempt):
    bank, other = twins
    with in_tenant(bank, Purpose.TEST):
        for rolls_back in (False, True):
            with transaction.atomic():
                lock_until_commit("count")
                assert isinstance(elsewhere(bank, attempt), Busy)
                assert elsewhere(other, attempt) == "taken"
                transaction.set_rollback(rolls_back)
            assert elsewhere(bank, attempt) == "taken"


def test_waiting_ends_with_the_lock_timeout_and_says_busy(twins):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST), locked("count"):
        error = elsewhere(bank, wait_a_little)
    assert isinstance(error, OperationalError)
    assert isinstance(refusal_in(error), Busy)


def test_an_error_in_the_block_frees_the_lock(twins):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST):
        with pytest.raises(ZeroDivisionError), locked("count"):
            raise ZeroDivisionError
        assert elsewhere(bank, try_session) == "taken"


def test_a_broken_connection_is_told(twins):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST), pytest.raises(LockLost), locked("count"):
        connection.close()


def test_another_name_does_not_wait(twins):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST), locked("something else"):
        assert elsewhere(bank, try_session) == "taken"


def test_the_number_of_a_lock_holds_the_space_and_never_changes(twin_a, twin_b, federation):
    numbers = set()
    for space in (
        in_tenant(twin_a, Purpose.TEST),
        in_tenant(twin_b, Purpose.TEST),
        in_federation(federation, Purpose.TEST),
        in_platform(Purpose.TEST),
    ):
        with space:
            assert lock_number("count", 1) == lock_number("count", "1") != lock_number("count")
            numbers.add(lock_number("count"))
    assert len(numbers) == 4
    with in_platform(Purpose.TEST):
        assert lock_number("count") == 3769489718615027501


@pytest.mark.parametrize("use", [lambda: lock_number("x"), lambda: lock_until_commit("x"), try_session])
def test_outside_every_scope_there_is_no_lock(db, use):
    with pytest.raises(NoScope):
        use()


def test_each_form_refuses_the_other_s_place(twins):
    bank, _other = twins
    with in_tenant(bank, Purpose.TEST):
        with pytest.raises(transaction.TransactionManagementError):
            lock_until_commit("count")
        with pytest.raises(transaction.TransactionManagementError), transaction.atomic(), locked("count"):
            pass


@pytest.mark.parametrize("held", ORDER)
@pytest.mark.parametrize("asked", ORDER)
def test_locks_about_the_network_are_taken_in_one_order(held, asked):
    with in_order(held):
        if ORDER.index(asked) < ORDER.index(held):
            with pytest.raises(LockOrder):
                require_order(asked)
        else:
            require_order(asked)


def test_an_order_ends_with_its_block():
    with pytest.raises(ValueError, match="broken"), in_order(LockSpace.NAMES):
        raise ValueError("broken")
    require_order(LockSpace.MIGRATION)


def test_the_numbers_of_locks_never_change():
    """Two versions of the product run at once while one is deployed: they keep one another out."""
    bank = UUID("00000000-0000-7000-8000-000000000001")
    assert lock_key(LockSpace.BANK, bank) == (0x0BA2, 1176977124)
    assert lock_key(LockSpace.STEP, bank)[0] == 0x0BA3
    assert lock_key(LockSpace.NAMES) == (0x0BA4, 0)
