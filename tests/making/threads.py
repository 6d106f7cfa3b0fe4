"""Several people at the same instant: one thread and one connection each."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections

from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank

WAIT_SECONDS = 10


def together(bank: FoodBank, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run acts in a bank at the same instant; return what each gave back or raised."""
    return each_at_home([(bank, act) for act in acts])


def each_at_home(acts: Sequence[tuple[FoodBank, Callable[[], Any]]]) -> list[Any]:
    """Run acts at the same instant, each in its own bank; return what each gave back or raised."""
    start = Barrier(len(acts))

    def run(placed: tuple[FoodBank, Callable[[], Any]]) -> Any:
        bank, act = placed
        try:
            with in_tenant(bank, Purpose.TEST):
                connection.ensure_connection()
                start.wait(WAIT_SECONDS)
                return act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))
