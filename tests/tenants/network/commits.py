"""What a commit would say, asked inside a test's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from tenants.crossing import Purpose, in_platform


def check_as_commit_does() -> None:
    """Check every deferred constraint now."""
    with in_platform(Purpose.TEST), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(match: str = "") -> Iterator[None]:
    """Expect a block to be refused by the database, and undo it."""
    with in_platform(Purpose.TEST), pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield
