"""The locks of the ledger, all of them, and their one order.

0. The sheet of a count, by :func:`lock_sheet`, before any lot: who holds a lot never asks for a sheet.
1. Lots, in id order, by :func:`lock_lots`: every service locks the lots it touches before it reads a
   balance. The lock of a lot covers all its accounts, so two services never wait for each other inside
   a lot.
2. Balances, in account order, by the trigger of the movements, which locks the lot first in case a
   writer has not: within one movement no writer can be in disorder. Only a writer that posts movements
   of several lots without step 1 can still meet a deadlock; PostgreSQL breaks it and
   :func:`retrying` tries again.
3. The series that numbers the labels of pallets, last of all: who waits for it holds its lots already,
   and nobody locks a lot while holding it.

Two rules follow from measurements: lock first and read in a second statement (one statement reads
before it waits, and over-allocates), and never skip a locked balance.
"""

import random
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection

from apps.kernel.errors import CLASHES
from apps.stock.models import CountSheet, Lot

P = ParamSpec("P")
R = TypeVar("R")

TRIES: Final = 4
PAUSE_SECONDS: Final = 0.05


def lock_lots(ids: Iterable[UUID]) -> dict[UUID, Lot]:
    """Lock lots until the transaction ends, in id order, and return them as they are once locked."""
    locked = Lot.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids))
    return {lot.pk: lot for lot in locked.order_by("pk")}


def lock_sheet(pk: UUID) -> CountSheet:
    """Lock a count sheet until the transaction ends, and return it as it is once locked."""
    return CountSheet.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def retrying(act: Callable[P, R]) -> Callable[P, R]:
    """Repeat an act that PostgreSQL broke off, a few times, unless a larger transaction surrounds it."""

    @wraps(act)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return act(*args, **kwargs)
        for attempt in range(1, TRIES):
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in CLASHES:
                    raise
                time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))  # noqa: S311
        return act(*args, **kwargs)

    return tried
