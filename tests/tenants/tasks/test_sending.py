"""A bank's task carries its bank however it is sent; without one it does not run, here or in a worker."""

from uuid import uuid4

import pytest
from celery import chain, chord, current_app, group, signature
from celery.exceptions import Reject
from django.db import transaction

from apps.kernel.scope import current_scope, scope_or_none
from apps.kernel.tracing import TASK_BANK, TASK_REQUEST_ID, Trace, WorkKind, trace_opened
from tenants.crossing import BankUnavailable, Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tenants.tasks.base import BankTask
from tenants.tasks.sending import NoBank, NotABanksTask, headers_for
from tests.tenants.tasks import jobs
from tests.tenants.tasks.jobs import marks

pytestmark = pytest.mark.pitfall(17)
REQUEST = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def in_a(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        yield twin_a


def message(task, headers):
    """Give a task the request that a worker would make of a message."""
    task.push_request(
        id=str(uuid4()), headers=headers, called_directly=False, is_eager=False, delivery_info={}
    )


def run_as_a_worker(task, headers, *args):
    message(task, headers)
    try:
        return task(*args)
    finally:
        task.pop_request()


def keys(bank):
    return sorted(key for key, believed in marks(bank) if believed == str(bank.pk))


def test_every_shared_task_of_the_product_is_of_our_kind():
    ours = [task for name, task in current_app.tasks.items() if not name.startswith("celery.")]
    assert ours
    assert all(hasattr(task, "send_on_commit") for task in ours)
    assert issubclass(current_app.Task, BankTask)


def test_a_task_sent_in_a_bank_s_scope_runs_in_that_bank(in_a):
    jobs.plain.delay("k")
    assert keys(in_a) == ["k"]


def test_a_task_called_as_a_function_stays_in_the_caller_s_bank(in_a):
    jobs.plain("k")
    assert keys(in_a) == ["k"]


@pytest.mark.parametrize("send", [jobs.plain.delay, jobs.plain, lambda key: jobs.plain.apply((key,))])
def test_a_task_of_no_bank_is_refused_where_it_is_sent(db, send):
    with pytest.raises(NoBank):
        send("k")


def test_a_task_sent_from_the_platform_s_scope_must_name_its_bank(twin_a):
    with in_platform(Purpose.TEST):
        with pytest.raises(NoBank):
            jobs.plain.delay("k")
        jobs.plain.apply_async(("k",), headers=headers_for(twin_a.pk))
    assert keys(twin_a) == ["k"]


def test_a_task_sent_by_name_carries_the_bank_too(in_a, sent):
    current_app.send_task("test.plain", ("k",))
    assert sent[-1][TASK_BANK] == str(in_a.pk)


def test_a_task_sent_by_name_outside_a_bank_is_refused(db, sent):
    with pytest.raises(NoBank):
        current_app.send_task("test.plain", ("k",))
    with pytest.raises(NoBank):
        current_app.send_task("nobody.knows", ("k",))
    assert sent == []


def test_a_message_says_which_request_caused_it(in_a, sent):
    with trace_opened(Trace(request_id=REQUEST, kind=WorkKind.WEB)):
        current_app.send_task("test.plain", ("k",))
    assert sent[-1][TASK_REQUEST_ID] == REQUEST


def test_a_signature_remembers_the_bank_it_was_made_in(twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        made = jobs.plain.s("k")
    with in_tenant(twin_b, Purpose.TEST):
        made.delay()
    assert (keys(twin_a), keys(twin_b)) == (["k"], [])


def test_chains_groups_and_chords_stay_in_their_bank(in_a, twin_b):
    chain(jobs.plain.s("c1"), jobs.after.s("c2"), jobs.after.s("c3")).delay()
    group(jobs.plain.s(f"g{n}") for n in range(3)).delay()
    chord([jobs.plain.s("h1"), jobs.plain.s("h2")], jobs.after.s("h3")).delay()
    assert keys(in_a) == ["c1", "c2", "c3", "g0", "g1", "g2", "h1", "h2", "h3"]
    assert marks(twin_b) == []


def test_a_link_named_only_by_its_name_follows_its_bank(in_a):
    chain(jobs.plain.s("c1"), signature("test.after", ("c2",), app=current_app)).delay()
    assert keys(in_a) == ["c1", "c2"]


def test_a_task_mapped_over_values_stays_in_its_bank(in_a):
    jobs.plain.starmap([("m1",), ("m2",)]).delay()
    jobs.plain.chunks([("m3",), ("m4",)], 1).delay()
    assert keys(in_a) == ["m1", "m2", "m3", "m4"]


@pytest.mark.parametrize("task", [jobs.hiccup, jobs.automatic])
def test_a_task_tried_again_stays_in_its_bank(in_a, twin_b, task):
    task.delay("k")
    assert keys(in_a) == ["k"]
    assert marks(twin_b) == []


def test_a_task_sent_from_inside_another_runs_in_the_same_bank(in_a):
    jobs.nesting.delay("k")
    assert keys(in_a) == ["k", "k/inner"]


def test_a_task_for_another_bank_names_it_and_gives_the_caller_s_scope_back(twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        jobs.nesting.apply_async(("k",), headers=headers_for(twin_b.pk))
        assert current_scope().bank_id == twin_a.pk
        jobs.plain("here")
    assert (keys(twin_a), keys(twin_b)) == (["here"], ["k", "k/inner"])


def test_the_caller_s_scope_comes_back_after_a_task_that_failed(in_a, twin_b):
    result = jobs.failing.apply_async(("k",), headers=headers_for(twin_b.pk))
    assert isinstance(result.result, LookupError)
    assert current_scope().bank_id == in_a.pk


def test_a_worker_refuses_a_message_without_a_bank_and_runs_nothing(db, caplog):
    with pytest.raises(Reject) as refused:
        run_as_a_worker(jobs.plain, {}, "k")
    assert refused.value.args[1] is False
    assert "NoBank" in str(refused.value)
    assert "test.plain" in caplog.text


@pytest.mark.parametrize("named", ["018f0000-0000-7000-8000-00000000dead", "public", "twin-a", "b_twin_a"])
def test_a_worker_refuses_a_bank_that_does_not_exist_or_is_not_named_by_its_id(db, caplog, named):
    with pytest.raises(Reject, match="BankUnavailable"):
        run_as_a_worker(jobs.plain, {TASK_BANK: named}, "k")
    assert named in caplog.text


@pytest.mark.parametrize("status", [BankStatus.SUSPENDED, BankStatus.ARCHIVED, BankStatus.PROVISIONING])
def test_a_worker_refuses_a_bank_that_is_not_at_work(twin_a, status, caplog):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=status)
    with pytest.raises(Reject, match="BankUnavailable"):
        run_as_a_worker(jobs.plain, headers_for(twin_a.pk), "k")
    assert str(twin_a.pk) in caplog.text


def test_a_worker_refuses_the_federation_as_a_bank(federation):
    with pytest.raises(Reject, match="BankUnavailable"):
        run_as_a_worker(jobs.plain, headers_for(federation.pk), "k")


def test_a_refusal_is_raised_as_it_is_where_the_task_runs_at_once(in_a):
    result = jobs.plain.apply_async(("k",), headers=headers_for(uuid4()))
    assert isinstance(result.result, BankUnavailable)
    assert marks(in_a) == []


def test_a_worker_leaves_no_scope_behind(twin_a):
    run_as_a_worker(jobs.plain, headers_for(twin_a.pk), "k")
    assert scope_or_none() is None
    assert keys(twin_a) == ["k"]


def test_a_task_of_the_platform_runs_on_the_shared_tables_wherever_it_is_sent(in_a):
    assert jobs.census.delay().result == "census"
    assert jobs.census() == "census"
    assert current_scope().bank_id == in_a.pk


def test_a_task_of_the_platform_is_never_a_bank_s(twin_a):
    with pytest.raises(NotABanksTask):
        jobs.census.apply_async(headers=headers_for(twin_a.pk))
    with pytest.raises(Reject, match="NotABanksTask"):
        run_as_a_worker(jobs.census, headers_for(twin_a.pk))


def test_a_bank_s_task_followed_by_the_platform_s_leaves_the_bank_behind(in_a):
    tail = jobs.census.si()
    chain(jobs.plain.s("k"), tail).delay()
    assert keys(in_a) == ["k"]


def test_nothing_is_sent_before_the_commit(in_a, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as waiting, transaction.atomic():
        jobs.plain.send_on_commit("k")  # type: ignore[attr-defined]
    assert len(waiting) == 1
    assert marks(in_a) == []


def test_what_is_sent_after_the_commit_goes_to_the_bank_of_the_sender(
    twin_a, twin_b, django_capture_on_commit_callbacks
):
    with in_tenant(twin_a, Purpose.TEST), django_capture_on_commit_callbacks(execute=True):
        jobs.committing.apply_async(("k",), headers=headers_for(twin_b.pk))
    assert (keys(twin_a), keys(twin_b)) == ([], ["k", "k/committed"])


@pytest.fixture
def sent(monkeypatch):
    """Record the headers of the messages that would leave, and let none leave."""
    headers = []

    def record(producer, name, message, **options):
        headers.append({**message.headers, **options.get("headers", {})})

    monkeypatch.setitem(current_app.amqp.__dict__, "send_task_message", record)
    current_app.conf.update(task_always_eager=False)
    yield headers
    current_app.conf.update(task_always_eager=True)
