"""The bank of a request holds through async views, gathered queries and streams, and never crosses over."""

import asyncio
import contextvars
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client

from apps.kernel.models import AuditEntry
from apps.kernel.scope import NoScope, current_scope, scope_or_none
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.people import host_of
from tests.tenants.isolation import probes

pytestmark = pytest.mark.usefixtures("no_running_loop")

KEY = "0197a6f0-0000-7000-8000-000000000001"
"""The same in both banks."""


class AsgiBrowser(AsyncClient):
    """A browser that speaks to the ASGI side; the last host header counts."""

    async def request(self, **request: Any) -> Any:
        hosts = [pair for pair in request["headers"] if pair[0] == b"host"]
        request["headers"] = [pair for pair in request["headers"] if pair[0] != b"host"] + hosts[-1:]
        return await super().request(**request)


@pytest.fixture
def probed(twin_a: FoodBank, twin_b: FoodBank, settings, monkeypatch) -> tuple[FoodBank, FoodBank]:
    """Two banks whose only history entry has the same key and another text, and pages that read it."""
    settings.ROOT_URLCONF = "tests.tenants.isolation.probes"
    settings.MIDDLEWARE = [
        name
        for name in settings.MIDDLEWARE
        if not name.endswith(("LoginRequiredMiddleware", "ActorMiddleware"))
    ]
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            AuditEntry.objects.create(
                id=KEY,
                actor_label=f"canary of {bank.slug}",
                record_kind="x",
                record_id="1",
                record_label="x",
                action="x",
            )
    return twin_a, twin_b


@pytest.mark.pitfall(15)
def test_many_async_views_at_once_each_read_their_own_bank(probed):
    async def ask_all() -> list[tuple[str, dict[str, Any]]]:
        banks = list(probed) * 8
        client = AsgiBrowser()
        answers = await asyncio.gather(*(client.get("/async/", headers={"host": host_of(b)}) for b in banks))
        return [(bank.slug, answer.json()) for bank, answer in zip(banks, answers, strict=True)]

    for slug, told in async_to_sync(ask_all)():
        assert told == {"rows": [f"canary of {slug}"] * 3, "slug": slug, "cached": slug}


@pytest.mark.pitfall(15)
def test_sync_views_under_asgi_read_their_own_bank(probed):
    async def ask(bank: FoodBank) -> Any:
        return (await AsgiBrowser().get("/sync/", headers={"host": host_of(bank)})).json()

    for bank in probed:
        assert async_to_sync(ask)(bank) == {"row": f"canary of {bank.slug}", "slug": bank.slug}


@pytest.mark.pitfall(16)
def test_streams_under_asgi_read_turn_by_turn_stay_in_their_bank(probed):
    async def ask_both() -> list[str]:
        client = AsgiBrowser()
        hosts = [host_of(bank) for bank in probed]
        asked: list[Any] = [await client.get("/async-stream/", headers={"host": host}) for host in hosts]
        streams = [aiter(answer.streaming_content) for answer in asked]
        told = ["", ""]
        for _ in range(3):
            for number, stream in enumerate(streams):
                told[number] += (await anext(stream)).decode()
        for stream in streams:
            assert not [chunk async for chunk in stream]
        return told

    assert async_to_sync(ask_both)() == [f"canary of {bank.slug}\n" * 3 for bank in probed]


@pytest.mark.pitfall(16)
def test_two_streams_read_turn_by_turn_stay_apart(probed):
    streams = [iter(Client().get("/stream/", headers={"host": host_of(bank)})) for bank in probed]
    for _ in range(3):
        for bank, stream in zip(probed, streams, strict=True):
            assert next(stream).decode() == f"canary of {bank.slug}\n"
    assert [list(stream) for stream in streams] == [[], []]


@pytest.mark.pitfall(16)
def test_a_stream_that_is_dropped_leaves_no_bank_open(probed):
    stream = iter(Client().get("/stream/", headers={"host": host_of(probed[0])}))
    next(stream)
    del stream
    gc.collect()
    assert contextvars.copy_context().run(scope_or_none) is None


@pytest.mark.pitfall(16)
def test_a_stream_closed_half_way_ends_in_its_bank_and_in_a_context_of_its_own(probed):
    """Whoever closes it may be the garbage collector, in the middle of somebody else's work."""
    answer: Any = Client().get("/dropped/", headers={"host": host_of(probed[0])})
    next(iter(answer))
    answer.close()
    assert probes.ENDINGS.pop() == probed[0].slug
    assert probes.ended_in.get(None) is None


@pytest.mark.pitfall(15)
def test_coroutines_that_open_two_banks_at_once_stay_apart(probed):
    async def read(bank: FoodBank) -> str:
        with in_tenant(bank, Purpose.TEST):
            await asyncio.sleep(0.001)
            entry = await AuditEntry.objects.aget(record_kind="x")
            await asyncio.sleep(0.001)
            return f"{entry.actor_label} in {current_scope().bank_slug}"

    async def read_all() -> list[str]:
        return await asyncio.gather(*(read(bank) for bank in probed * 5))

    assert async_to_sync(read_all)() == [f"canary of {b.slug} in {b.slug}" for b in probed * 5]


@pytest.mark.pitfall(5)
def test_scopes_nest_recurse_and_come_back(probed):
    def recurse(depth: int) -> list[str]:
        with in_tenant(probed[depth % 2], Purpose.TEST) as scope:
            below = recurse(depth - 1) if depth else []
            assert current_scope() == scope
            return [AuditEntry.objects.get(record_kind="x").actor_label, *below]

    assert recurse(3) == [f"canary of {probed[n % 2].slug}" for n in (3, 2, 1, 0)]
    assert scope_or_none() is None


@pytest.mark.pitfall(5)
def test_a_generator_that_opens_a_bank_does_not_leave_it_open_for_its_reader(probed):
    def labels() -> Iterator[str]:
        with in_tenant(probed[0], Purpose.TEST):
            found = [entry.actor_label for entry in AuditEntry.objects.filter(record_kind="x")]
        yield from found

    with in_tenant(probed[1], Purpose.TEST):
        reading = labels()
        assert next(reading) == f"canary of {probed[0].slug}"
        assert AuditEntry.objects.get(record_kind="x").actor_label == f"canary of {probed[1].slug}"


@pytest.mark.pitfall(5)
def test_a_scope_cannot_be_kept_by_a_decorated_function(probed):
    opening = in_tenant(probed[0], Purpose.TEST)

    @opening
    def decorated() -> str:
        return AuditEntry.objects.get(record_kind="x").actor_label

    assert decorated() == decorated() == f"canary of {probed[0].slug}"
    with pytest.raises(NoScope):
        current_scope()


@pytest.mark.pitfall(6)
def test_one_decorated_function_in_two_threads_stays_in_each_thread_s_bank(probed):
    async def two() -> list[str]:
        def ask(bank: FoodBank) -> str:
            with in_tenant(bank, Purpose.TEST):
                return current_scope().bank_slug

        return await asyncio.gather(*(asyncio.to_thread(ask, bank) for bank in probed * 10))

    assert asyncio.run(two()) == [bank.slug for bank in probed * 10]
    assert connection.connection is not None
