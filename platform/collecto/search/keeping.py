"""Whether the search entries of every bank say what its records say, and putting them right."""

from typing import Final

from apps.kernel.search import Searched
from collecto.search.finding import searched
from tenants.crossing import Purpose, in_owner
from tenants.isolation.owning import owning
from tenants.registry.models import FoodBank

DIFFERENCES: Final = "SELECT record_id FROM public.search_differences(%s, %s, %s)"
REPAIRED: Final = "SELECT public.search_write(%s, %s, 'id', %s::uuid[], false)"
FORGOTTEN: Final = """
DELETE FROM kernel_searchentry WHERE record_id = ANY (%s::uuid[])
    AND record_id NOT IN (SELECT record_id FROM public.search_rows(%s, %s, 'id', %s::uuid[]))
"""


def differences() -> list[str]:
    """Return every entry that is missing, left over or wrong, one sentence each."""
    return [
        f"{bank.slug}: the entry of {kind.kind} {record_id} is not what the record says"
        for bank in _banks()
        for kind in searched()
        for record_id in _differing(bank, kind)
    ]


def rebuild() -> int:
    """Put every differing entry right; return how many. Safe while the banks work."""
    return sum(_repaired(bank, kind) for bank in _banks() for kind in searched())


def _banks() -> list[FoodBank]:
    with in_owner(Purpose.COMMAND):
        return [bank for bank in FoodBank.objects.operating().order_by("slug") if bank.has_schema]


def _differing(bank: FoodBank, kind: Searched) -> list[str]:
    with in_owner(Purpose.COMMAND), owning(bank.schema_name) as connection, connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, [bank.schema_name, kind.source, kind.kind])
        return [str(record_id) for (record_id,) in cursor.fetchall()]


def _repaired(bank: FoodBank, kind: Searched) -> int:
    """Write the differing entries again; what a writer makes meanwhile is looked at by the next run."""
    wrong = _differing(bank, kind)
    if wrong:
        with in_owner(Purpose.COMMAND), owning(bank.schema_name) as connection, connection.cursor() as cursor:
            cursor.execute(REPAIRED, [bank.schema_name, kind.source, wrong])
            cursor.execute(FORGOTTEN, [wrong, bank.schema_name, kind.source, wrong])
    return len(wrong)
