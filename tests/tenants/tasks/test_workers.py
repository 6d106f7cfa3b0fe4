"""Real workers run every task in its bank, whatever the pool; without a bank at work they refuse it."""

import json
from collections import Counter
from uuid import uuid4

import pytest
import redis
from celery import chain, current_app

from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tenants.tasks.comebacks import MAX_RUNS, parked_tasks
from tenants.tasks.models import Comeback
from tenants.tasks.sending import headers_for
from tenants.tasks.tasks import every_bank
from tests.tenants.tasks import jobs
from tests.tenants.tasks.jobs import marks
from tests.workers import Worker, sending_to, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.pitfall(17)]
OURS = {"DJANGO_SETTINGS_MODULE": "tests.tenants.tasks.settings"}
POOLS = {"processes": [], "threads": ["--pool", "threads"], "alone": ["--pool", "solo"]}
EFFECTS_OF_A_ROUND = 12


@pytest.fixture
def sending(broker_url):
    with sending_to(broker_url):
        yield


def started(broker_url: str, tmp_path, *arguments: str, **environment: str) -> Worker:
    return worker(broker_url, tmp_path / "worker.log", *arguments, **{**OURS, **environment})


def send_a_round(bank: FoodBank, number: int) -> list[str]:
    """Send a bank tasks that succeed, fail, come again or follow one another; returns what they must do."""
    key = f"{bank.slug[-4:]}-{number}"
    with in_tenant(bank, Purpose.TEST):
        for task in (jobs.plain, jobs.hiccup, jobs.automatic, jobs.failing, jobs.nesting, jobs.committing):
            task.delay(f"{key}-{task.name}")
        chain(jobs.plain.s(f"{key}-1"), jobs.after.s(f"{key}-2"), jobs.after.s(f"{key}-3")).delay()
        jobs.plain.delay(f"{key}-last")
    single = ("plain", "hiccup", "automatic", "failing", "nesting", "committing")
    keys = [f"{key}-test.{name}" for name in single]
    keys += [f"{key}-test.nesting/inner", f"{key}-test.committing/committed"]
    return keys + [f"{key}-{step}" for step in ("1", "2", "3", "last")]


def interleave(banks: list[FoodBank], rounds: int) -> dict[FoodBank, Counter[str]]:
    """Send every bank its rounds, one bank after the other in each round."""
    expected = {bank: Counter[str]() for bank in banks}
    for number in range(rounds):
        for bank in banks:
            expected[bank].update(send_a_round(bank, number))
    return expected


def done_in(bank: FoodBank) -> Counter[str]:
    """Count the traces in a bank that were left by tasks that believed to be in it."""
    believing = [(key, believed == str(bank.pk)) for key, believed in marks(bank)]
    assert all(is_right for _key, is_right in believing)
    return Counter(key for key, _is_right in believing if key != "visit")


def is_done(expected: dict[FoodBank, Counter[str]]) -> bool:
    return all(done_in(bank).total() >= wanted.total() for bank, wanted in expected.items())


def every_effect_in_its_bank(banks, rounds, process: Worker, patience_s: float) -> None:
    expected = interleave(banks, rounds)
    every_bank.delay("test.visit", 60)
    assert wait_until(lambda: is_done(expected), patience_s=patience_s), process.said()
    assert {bank: done_in(bank) for bank in banks} == expected
    assert wait_until(lambda: all(("visit", str(bank.pk)) in marks(bank) for bank in banks)), process.said()


@pytest.mark.parametrize(
    "pool", ["processes", *(pytest.param(pool, marks=pytest.mark.slow) for pool in ("threads", "alone"))]
)
def test_60_tasks_of_5_banks_each_leave_their_trace_in_their_bank(
    fresh_bank, broker_url, sending, tmp_path, pool
):
    banks = [fresh_bank() for _ in range(5)]
    with started(broker_url, tmp_path, *POOLS[pool]) as process:
        every_effect_in_its_bank(banks, 1, process, 90)


@pytest.mark.slow
@pytest.mark.parametrize("pool", ["processes", "threads"])
def test_500_tasks_of_5_banks_each_leave_their_trace_in_their_bank(
    fresh_bank, broker_url, sending, tmp_path, pool
):
    banks = [fresh_bank() for _ in range(5)]
    with started(broker_url, tmp_path, *POOLS[pool]) as process:
        every_effect_in_its_bank(banks, 500 // (5 * EFFECTS_OF_A_ROUND) + 1, process, 120)


def test_a_worker_throws_away_what_has_no_bank_at_work_and_says_so(
    fresh_bank, broker_url, result_url, sending, tmp_path
):
    suspended, gone, bank = fresh_bank(), uuid4(), fresh_bank()
    refused = [jobs.plain.apply_async(("k",), headers=headers_for(b)).id for b in (suspended.pk, gone)]
    refused.append(forged("test.plain", ("k",)))
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=suspended.pk).update(status=BankStatus.SUSPENDED)
    with in_tenant(bank, Purpose.TEST):
        sent = [*refused, jobs.plain.delay("k").id]
    with started(broker_url, tmp_path, "--pool", "solo", CELERY_RESULT_BACKEND=result_url) as process:
        assert wait_until(lambda: all(states_of(sent, result_url))), process.said()
    assert states_of(sent, result_url) == ["FAILURE"] * 3 + ["SUCCESS"]
    assert str(gone) in process.said()
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=suspended.pk).update(status=BankStatus.ACTIVE)
    assert marks(suspended) == []


@pytest.mark.slow
def test_a_task_that_kills_its_process_is_parked_while_the_others_go_on(
    fresh_bank, broker_url, sending, tmp_path
):
    bank, other = fresh_bank(), fresh_bank()
    with in_tenant(bank, Purpose.TEST):
        deadly = jobs.deadly.delay().id
    for number in range(30):
        with in_tenant(bank if number % 2 else other, Purpose.TEST):
            jobs.plain.delay(f"{number}")
    with started(broker_url, tmp_path) as process:
        assert wait_until(lambda: done_in(bank).total() + done_in(other).total() == 30), process.said()
        assert wait_until(parked), process.said()
    (row,) = parked()
    assert (row.task_id, row.name, row.bank_id, row.times) == (deadly, "test.deadly", bank.pk, MAX_RUNS)
    assert (done_in(bank).total(), done_in(other).total()) == (15, 15)


def parked() -> list[Comeback]:
    with in_platform(Purpose.TEST):
        return list(parked_tasks())


@pytest.mark.slow
def test_a_chord_ends_in_the_bank_where_it_began(fresh_bank, broker_url, result_url, sending, tmp_path):
    bank, other = fresh_bank(), fresh_bank()
    for somebody in (bank, other):
        with in_tenant(somebody, Purpose.TEST):
            jobs.chorus.delay(somebody.slug[-4:])
    with started(broker_url, tmp_path, CELERY_RESULT_BACKEND=result_url) as process:
        assert wait_until(lambda: all(done_in(b).total() == 6 for b in (bank, other))), process.said()
    for somebody in (bank, other):
        key = somebody.slug[-4:]
        assert done_in(somebody) == Counter([key, *(f"{key}{n}" for n in range(4)), f"{key}/body"])


def states_of(task_ids: list[str], result_url: str) -> list[str]:
    """Return what the workers wrote of each task, empty while it has not ended."""
    with redis.Redis.from_url(result_url) as store:
        written = [store.get(f"celery-task-meta-{task_id}") for task_id in task_ids]
    return [json.loads(text)["status"] if text else "" for text in written]


def forged(name: str, args: tuple[str, ...]) -> str:
    """Put a message without a bank on the queue, as a program that is not ours would."""
    task_id = str(uuid4())
    message = current_app.amqp.as_task_v2(task_id, name, args=args)
    with current_app.producer_pool.acquire() as producer:
        current_app.amqp.send_task_message(producer, name, message, queue="collecto")
    return task_id
