"""A fact of these tests alone and its reaction: a trace in the bank, or the end of the process."""

import os
import time
from dataclasses import dataclass

from django.db import transaction

from apps.kernel import facts
from apps.kernel.facts import Fact, Reactions, emit
from apps.kernel.scope import current_scope
from tenants.crossing import Purpose, in_tenant
from tenants.outbox.hints import hint
from tenants.registry.models import FoodBank
from tests.tenants.tasks.jobs import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PanBoiled(Fact):
    """Known to the workers that load ``wired``, and to tests that call ``wire``."""

    name: str


def on_pan_boiled(fact: PanBoiled) -> None:
    if current_scope().bank_id is not None:
        mark(fact.name)
    time.sleep(0.005)
    if fact.name == "deadly":
        os._exit(9)


def wire() -> None:
    """Add the fact to the wiring table."""
    facts.connect({**facts.wiring(), PanBoiled: Reactions(later=(on_pan_boiled,))}, hint=hint)


def boil(bank: FoodBank, *names: str) -> None:
    """Let a bank say that its pans have boiled, in one transaction."""
    with in_tenant(bank, Purpose.TEST), transaction.atomic():
        for name in names:
            emit(PanBoiled(name=name))
