"""What a page costs, and how it is looked at."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(browser: Client, address: str) -> int:
    """Return how many SQL statements a page takes, once the session is warm."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)
