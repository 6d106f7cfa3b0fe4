"""Rows of the outbox as nobody but the owner may write them."""

from typing import Any

from tenants.crossing import Purpose, in_platform
from tenants.federation.models import BooksCheck
from tests.spaces import tampering


def put_in_outbox(
    bank_id: Any = None, *, due_at: str = "2026-01-01T00:00Z", parked_at: str | None = None
) -> None:
    """Write an undelivered message that was due on a given day."""
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(
            "INSERT INTO public.outbox_outboxmessage (bank_id, fact, handler, payload, due_at, parked_at) "
            "VALUES (%s, 'f', 'h', '{}', %s, %s)",
            [bank_id, due_at, parked_at],
        )


def prove_books(bank_id: Any, *, difference_count: int = 0, **values: Any) -> None:
    """Keep the result of a proof of a bank's books."""
    with in_platform(Purpose.TEST):
        BooksCheck.objects.create(bank_id=bank_id, difference_count=difference_count, **values)
