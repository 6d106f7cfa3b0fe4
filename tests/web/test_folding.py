"""Words are compared the same way in Python, in a query and on every server."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.kernel.folding import fold

pytestmark = pytest.mark.usefixtures("bank")

SAID = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\x00"), max_size=40)
FRENCH = st.text(
    st.sampled_from("ÀÂÉÈÊËÎÏÔÙÛÜŸÇŒÆàâéèêëîïôùûüÿçœæß’'« »…–-\u00a0\u202faZ09 .#@%_\\"), max_size=40
)


def in_sql(function: str, text: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.fold(%s)", [text])
        return cursor.fetchone()[0]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID | FRENCH)
@example("ŒUFS d’Été – Æ ß ẞ ﬁn ½ №")
@example("İıſ ǅ Ǆ ᾳ Ὀ Й ё ̈")
def test_python_and_the_database_fold_alike(text: str):
    assert in_sql("fold", text) == fold(text)
