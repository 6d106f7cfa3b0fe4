"""Thirty ways in which schema-per-tenant systems were seen to leak or break; each has tests of its own.

``pytest -m pitfall`` runs them all; a test names its pitfall with ``@pytest.mark.pitfall(number)``.
"""

import re

import pytest

from tests.architecture.sources import ROOT

PITFALLS = {
    1: "a raw cursor on a reused pooled connection",
    2: "a query with no bank open, on a bank's table and on a shared one",
    3: "a bank that was dropped or never was",
    4: "an application that is shared and a bank's at once",
    5: "nested, recursive, generated and decorated scopes",
    6: "two threads in one decorated function",
    7: "a queryset, an iterator or a row carried to another bank",
    8: "the same key in two banks",
    9: "a callback after the commit of another bank's transaction",
    10: "rollback, rollback to a savepoint, a failed commit, then a query",
    11: "SET, SET LOCAL and set_config sent by code",
    12: "another bank's table by its full name; a role that is reset",
    13: "two statements in one with parameters",
    14: "raw SQL without parameters and the contexts of django-tenants",
    15: "async views, gathered queries, cache keys and log records",
    16: "a streamed answer and its generator",
    17: "a task without a bank, of a bank that is gone, retried, eager, in a chord",
    18: "keys of caches, locks, files and searches",
    19: "a session or a token of one bank on another's host",
    20: "a replica, or any other connection",
    21: "a replayed schema that is not what the migrations make",
    22: "a migration that waits, fails in one bank, is interrupted, meets the former version",
    23: "a reference to a shared row that is gone",
    24: "transfers both ways at once, sent twice, failing on one side",
    25: "figures that drift from the ledger",
    26: "the federation's role on a bank's table; a bank on others' figures",
    27: "erasing a bank while the others work",
    28: "a thousand banks",
    29: "an export that cannot be restored",
    30: "a pool used up by threads",
}
MARK = re.compile(r"mark\.pitfall\((\d+)\)")


def marked() -> set[int]:
    """Return the numbers that tests carry."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= {int(number) for number in MARK.findall(path.read_text())}
    return found


@pytest.mark.parametrize("number", PITFALLS)
def test_every_pitfall_has_tests(number: int):
    assert number in marked(), PITFALLS[number]


def test_no_test_names_a_pitfall_that_is_not_listed():
    assert marked() <= set(PITFALLS)
