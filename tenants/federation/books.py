"""The books of one bank, proved: balances, reservations, goods on the road, national figures.

Everything is added up again from the movements. What is found is kept for the operator's pages and for the
metrics, and logged as an error, so that somebody is called.
"""

import logging
from dataclasses import dataclass
from typing import Final

from apps.delivery.selectors import promises_verify
from apps.impact.selectors import disagreements
from apps.kernel import clock
from apps.stock.selectors import ledger_verify
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.models import BooksCheck
from tenants.federation.services import difference_of
from tenants.network.proof import road_verify, road_verify_here
from tenants.network.surplus.proof import surplus_verify_here
from tenants.registry.models import FoodBank

logger = logging.getLogger("collecto.books")

KEPT: Final = 20
"""Differences kept in words; the command names all."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One difference in the books of a bank, in words that name lot, account and grams."""

    bank_label: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.bank_label}: {self.sentence}"


def books_verify(bank: FoodBank, purpose: Purpose) -> list[Wrong]:
    """Prove the books of a bank, keep the result, and return every difference; none when they hold.

    Each question is one statement that sees one instant: nobody is kept waiting, whatever they write.
    """
    with in_tenant(bank, purpose):
        national = [str(difference_of(bank.name, wrong)) for wrong in disagreements()]
        wrong = (*ledger_verify(), *promises_verify(), *road_verify_here(), *surplus_verify_here())
        found = [str(each) for each in wrong]
    with in_platform(purpose):
        found += [str(wrong) for wrong in road_verify(bank.pk)]
        found += [sentence.removeprefix(f"{bank.name}, ") for sentence in national]
        values = {"checked_at": clock.now(), "difference_count": len(found), "differences": found[:KEPT]}
        BooksCheck.objects.update_or_create(bank_id=bank.pk, defaults=values)
    for sentence in found:
        logger.error("the books of %s differ: %s", bank.slug, sentence)
    return [Wrong(bank.name, sentence) for sentence in found]
