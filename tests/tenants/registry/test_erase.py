"""Erasing a bank: only from the archive, whole, proved, and without holding up anybody else."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any, Final

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.test import Client
from psycopg import sql

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from tenants.accounts.models import ApiToken, Membership, User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.federation.models import Delta
from tenants.isolation.files import files_of
from tenants.isolation.replay import Patience
from tenants.isolation.rights import role_name
from tenants.isolation.schemas import drop_schema
from tenants.network.models import Surplus, SurplusRequest, SurplusWish, Transfer
from tenants.registry import belongings, erasure
from tenants.registry.archiving import export_store
from tenants.registry.erasure import NotErasedYet, bank_erase, digest_of, statement_of
from tenants.registry.exports import export_names
from tenants.registry.locks import BankBusy
from tenants.registry.models import BankStep, Domain, ErasureProof, FoodBank
from tenants.registry.services import NewBank, bank_open
from tenants.registry.states import BankStatus, StepKind, StepState
from tenants.registry.steps import step_ask, step_run
from tests.making.banks import asked, events_of, fill, moved, remove
from tests.making.surplus import exchange
from tests.people import actor_as, host_of, let_in
from tests.spaces import OPERATOR
from tests.tenants.registry.test_kill import owner_url

pytestmark = pytest.mark.django_db(transaction=True)

ON_PUBLIC = """
SELECT c.relname, l.mode FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relnamespace = 'public'::regnamespace
"""
HOLDS_UP_OTHERS = {
    "AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock", "ShareUpdateExclusiveLock",
}  # fmt: skip


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    """A bank with goods, people, files and a token, put away a moment ago."""
    bank = fresh_bank()
    fill(bank)
    with in_tenant(bank, Purpose.TEST):
        cache.set("greeting", "of this bank", 600)
    return moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)


def erased(bank: FoodBank) -> ErasureProof:
    return bank_erase(OPERATOR, bank=bank, now=True, reason="left the network")


def test_only_an_archived_bank_is_erased(fresh_bank):
    with pytest.raises(NotErasedYet, match="archived"):
        bank_erase(OPERATOR, bank=fresh_bank(), now=True, reason="no")


def test_a_bank_waits_in_the_archive_before_it_is_erased(bank, settings):
    settings.ERASURE_WAIT_DAYS = 30
    with pytest.raises(NotErasedYet, match="may be erased from"):
        bank_erase(OPERATOR, bank=bank)
    with clock.time_set_to(clock.now() + dt.timedelta(days=31)):
        assert bank_erase(OPERATOR, bank=bank).bank_id == bank.pk


def test_who_does_not_wait_says_why(bank):
    with pytest.raises(NotErasedYet, match="Say why"):
        bank_erase(OPERATOR, bank=bank, now=True)


def test_nobody_of_a_bank_erases_it(bank):
    with pytest.raises(Forbidden):
        bank_erase(actor_as(Role.MANAGER), bank=bank, now=True, reason="mine")


@pytest.mark.pitfall(27)
def test_nothing_of_an_erased_bank_is_left(bank):
    role = role_name(bank.schema_name)
    erased(bank)
    assert asked("SELECT 1 FROM pg_namespace WHERE nspname = %s", bank.schema_name) == []
    assert asked("SELECT 1 FROM pg_roles WHERE rolname = %s", role) == []
    assert asked("SELECT 1 FROM pg_default_acl WHERE defaclacl::text LIKE '%%' || %s || '%%'", role) == []
    with in_platform(Purpose.TEST):
        assert not Membership.objects.filter(bank_id=bank.pk).exists()
        assert not ApiToken.objects.filter(bank_id=bank.pk).exists()
        assert not Domain.objects.filter(tenant_id=bank.pk).exists()
        assert list(files_of(bank.pk)) == []
        assert export_names(bank.pk) == []


def test_its_cache_is_forgotten(bank):
    erased(bank)
    again = FoodBank(pk=bank.pk, schema_name="b_twin_a", slug=bank.slug, status=BankStatus.ACTIVE)
    with in_tenant(again, Purpose.TEST):
        assert cache.get("greeting") is None


def test_sessions_opened_on_its_host_end(fresh_bank):
    bank = fresh_bank()
    fill(bank)
    browser = Client(headers={"host": host_of(bank)})
    with in_platform(Purpose.TEST):
        let_in(browser, User.objects.get(email=f"{bank.slug}@example.org"), bank)
    assert browser.get("/").status_code == 200
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    assert erased(bank).removed["sessions"] == 1
    assert browser.get("/").status_code == 404


def test_the_network_keeps_its_figures_under_a_number(bank):
    erased(bank)
    with in_platform(Purpose.TEST):
        assert Delta.objects.filter(bank_id=bank.pk).count() == 2
        tombstone = FoodBank.objects.get(pk=bank.pk)
    assert tombstone.status == BankStatus.ERASED
    assert bank.name not in (tombstone.name, tombstone.slug, tombstone.schema_name)


def test_the_proof_says_what_went_and_what_was_looked_for(bank):
    proof = erased(bank)
    assert proof.removed["tables"]["stock_lot"] == 2
    assert proof.removed["shared"]["accounts_membership"] == 1
    assert proof.removed["files"] == 1
    assert proof.reason == "left the network"
    assert not any(proof.checks.values())
    assert digest_of(proof) == proof.digest
    assert json.loads(statement_of(proof))["bank"] == str(bank.pk)


def test_people_of_no_other_bank_lose_their_name_and_their_address(bank):
    with in_platform(Purpose.TEST):
        person = User.objects.get(email=f"{bank.slug}@example.org")
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    proof = erased(bank)
    with in_platform(Purpose.TEST):
        person.refresh_from_db()
        assert not EmailAddress.objects.filter(user=person).exists()
    assert (person.email, person.full_name) == (f"erased-{person.pk.hex}@erased.invalid", "")
    assert not person.is_active
    assert proof.removed["people"] == 1
    assert proof.checks["people"] == 0


def test_people_with_a_hat_elsewhere_and_operators_stay_and_are_counted(bank, fresh_bank):
    another = fresh_bank()
    with in_platform(Purpose.TEST):
        both = person_ensure(email="both@example.org", full_name="Ada")
        operator = person_ensure(email="operator@example.org", full_name="Grace")
        User.objects.filter(pk=operator.pk).update(is_staff=True)
        membership_grant(user=both, bank=another, role=Role.STOCK)
        for person in (both, operator):
            membership_grant(user=person, bank=bank, role=Role.STOCK)
    proof = erased(bank)
    with in_platform(Purpose.TEST):
        for person in (both, operator):
            assert User.objects.get(pk=person.pk).full_name == person.full_name
    assert proof.removed["people"] == 1
    assert proof.kept["accounts_user"] == 2


def test_the_proof_cannot_be_changed(bank):
    proof = erased(bank)
    with in_owner(Purpose.TEST), pytest.raises(DatabaseError, match="append-only"):
        ErasureProof.objects.filter(pk=proof.pk).update(reason="another")


def test_erasing_twice_gives_the_proof_of_the_first_time(bank):
    assert erased(bank).digest == erased(bank).digest


def test_of_two_who_erase_at_once_one_does_it(bank):
    def run(_number: int) -> str:
        try:
            return erased(bank).digest
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
        finally:
            for connection in connections.all():
                connection.close()

    with ThreadPoolExecutor(2) as people:
        answers = set(people.map(run, range(2)))
    with in_platform(Purpose.TEST):
        digest = ErasureProof.objects.get(pk=bank.pk).digest
    assert answers <= {digest, "BankBusy"}
    assert events_of(bank).count("erased") == 1


def test_one_step_of_a_bank_is_unfinished_at_a_time(bank):
    params = {"now": True}
    step_ask(OPERATOR, bank=bank, kind=StepKind.ERASE, reason="left", params=params, hint=False)
    with pytest.raises(BankBusy):
        step_ask(OPERATOR, bank=bank, kind=StepKind.ERASE, reason="left", params=params, hint=False)


def test_the_step_that_erases_keeps_what_was_counted_first(bank):
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.ERASE, reason="left", params={"now": True}, hint=False)
    done = step_run(step.pk)
    assert (done.state, done.error) == (StepState.DONE, "")
    with in_platform(Purpose.TEST):
        assert ErasureProof.objects.get(pk=bank.pk).digest == done.facts["digest"]
        assert BankStep.objects.filter(bank_id=bank.pk).count() == 1


@pytest.mark.pitfall(27)
def test_erasing_holds_up_nobody_in_the_shared_tables(bank):
    with in_owner(Purpose.TEST), transaction.atomic(using="owner"):
        drop_schema(bank.schema_name)
        with connections["owner"].cursor() as cursor:
            cursor.execute(ON_PUBLIC)
            strong = [(name, mode) for name, mode in cursor.fetchall() if mode in HOLDS_UP_OTHERS]
    assert strong == []


READS: Final = "SELECT FROM {}.stock_lot"


@pytest.fixture
def reader(bank: FoodBank) -> Iterator[psycopg.Connection[Any]]:
    """A session that has read a lot and has not ended its transaction."""
    with psycopg.connect(owner_url()) as session:
        session.execute(sql.SQL(READS).format(sql.Identifier(bank.schema_name)))
        yield session
        session.rollback()


def test_an_erasure_that_fails_takes_no_file_and_no_export(bank, reader, monkeypatch):
    monkeypatch.setattr(erasure, "READERS", Patience(attempts=1))
    export_store(OPERATOR, bank=bank)
    with pytest.raises(BankBusy):
        erased(bank)
    with in_platform(Purpose.TEST):
        assert len(list(files_of(bank.pk))) == 1
        assert len(export_names(bank.pk)) == 1
        assert FoodBank.objects.get(pk=bank.pk).status == BankStatus.ARCHIVED


def test_a_row_that_cannot_be_removed_leaves_the_files_of_the_bank(bank, monkeypatch):
    monkeypatch.setattr(belongings, "removed_rows", lambda _bank_id: {})
    with pytest.raises(LookupError, match="left after the erasure"):
        erased(bank)
    with in_platform(Purpose.TEST):
        assert len(list(files_of(bank.pk))) == 1


@pytest.fixture
def exchanged(bank: FoodBank, fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    """Another bank: it asked the first for surplus and the first asked it, before the first was put away."""
    moved(bank, BankStatus.SUSPENDED, BankStatus.ACTIVE)
    other = fresh_bank()
    exchange(bank, other)
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    return other


def test_a_bank_that_gave_and_asked_for_surplus_is_erased(bank, exchanged):
    proof = erased(bank)
    assert proof.kept["network_surplus"] == 1
    assert proof.kept["network_surplusrequest"] == 1
    with in_tenant(exchanged, Purpose.TEST):
        assert Transfer.objects.exclude(surplus=None).count() == 2
        assert SurplusWish.objects.filter(granted_grams=2_000).count() == 2


def test_the_surplus_of_an_erased_bank_keeps_neither_its_name_nor_its_words(bank, exchanged):
    erased(bank)
    number = bank.pk.hex[-8:]
    with in_platform(Purpose.TEST):
        surplus = Surplus.objects.values_list("bank_label", "comment")
        requests = SurplusRequest.objects.values_list("bank_label", "comment", "answer")
        assert set(surplus) == {(number, ""), (exchanged.name, exchanged.name)}
        assert set(requests) == {(exchanged.name, exchanged.name, ""), (number, "", exchanged.name)}


def test_what_the_commit_would_refuse_leaves_the_files_of_the_bank(bank, exchanged, monkeypatch):
    without = {table: why for table, why in belongings.KEPT.items() if "surplus" not in table}
    monkeypatch.setattr(belongings, "KEPT", without)
    with pytest.raises(IntegrityError):
        erased(bank)
    with in_platform(Purpose.TEST):
        assert len(list(files_of(bank.pk))) == 1


def test_who_reads_for_a_moment_is_waited_for(bank, reader):
    ending = Timer(2.5, reader.rollback)
    ending.start()
    assert erased(bank).removed["files"] == 1
    ending.join()


@pytest.fixture
def namesake() -> Iterator[list[FoodBank]]:
    made: list[FoodBank] = []
    yield made
    for bank in made:
        remove(bank.slug)


def test_the_name_is_free_again(bank, namesake):
    slug = bank.slug
    erased(bank)
    again = bank_open(OPERATOR, new=NewBank(name="Another one", slug=slug))
    namesake.append(again)
    assert again.pk != bank.pk
    with in_platform(Purpose.TEST):
        assert not Delta.objects.filter(bank_id=again.pk).exists()
