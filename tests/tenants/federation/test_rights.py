"""Who reads what: a bank its own figures only, the federation figures only."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from apps.impact.rules.periods import Span, period_around
from apps.impact.selectors import Reach, totals
from tenants.crossing import Purpose, in_federation, in_tenant
from tenants.federation.selectors import Filters, figures
from tests.making.figures import DAY, count

MARCH = period_around(Span.MONTH, DAY)


def run(statement: str, *values: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.pitfall(26)
@pytest.mark.parametrize("table", ["federation_delta", "federation_rollup"])
def test_a_bank_cannot_read_the_shared_figures(bank, table):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic():
        run(f"SELECT * FROM public.{table}")


def test_a_bank_cannot_ask_for_the_figures_of_the_network(bank):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        totals(MARCH, reach=Reach.NETWORK)


def test_a_bank_cannot_count_for_itself_or_for_another(bank, twin_b):
    count_one = (
        "SELECT public.federation_count(%s, current_date, '', '', '', 'in', '', true, true, true, 1, 1)"
    )
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic():
        run(count_one, twin_b.pk)


def test_own_figures_are_those_of_the_open_bank(twin_a, twin_b):
    count(twin_a, "in", 111)
    count(twin_b, "in", 222)
    for bank, grams in ((twin_a, 111), (twin_b, 222)):
        with in_tenant(bank, Purpose.TEST):
            assert [total.grams for total in totals(MARCH)] == [grams]


def test_naming_another_bank_in_the_question_answers_nothing(twin_a, twin_b):
    count(twin_b, "in", 222)
    with in_tenant(twin_a, Purpose.TEST):
        assert totals(MARCH, banks=[twin_b.pk]) == []


def test_the_federation_reads_every_bank_s_figures(twin_a, twin_b, federation):
    count(twin_a, "in", 111)
    count(twin_b, "in", 222)
    with in_federation(federation, Purpose.TEST):
        assert [total.grams for total in figures(Filters(period=MARCH))] == [333]
        assert [total.grams for total in figures(Filters(period=MARCH, banks=(twin_b.pk,)))] == [222]


@pytest.mark.pitfall(26)
@pytest.mark.parametrize(
    "table", ["b_twin_a.stock_lot", "b_twin_a.partners_partner", "b_twin_b.stock_movement"]
)
def test_the_federation_cannot_read_a_bank_s_rows(federation, table):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with in_federation(federation, Purpose.TEST), refused, transaction.atomic():
        run(f"SELECT * FROM {table}")


def test_the_federation_cannot_change_a_figure(federation, twin_a):
    count(twin_a, "in", 111)
    refused = pytest.raises(DatabaseError, match="permission denied")
    with in_federation(federation, Purpose.TEST), refused, transaction.atomic():
        run("UPDATE public.federation_delta SET grams = 0")
