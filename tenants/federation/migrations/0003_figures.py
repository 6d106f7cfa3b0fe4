"""One statement that reads the figures: everything for the federation, its own rows for a bank.

``network_figures`` runs with the caller's rights, so only the federation and the platform get an answer.
``own_figures`` runs with the owner's rights and takes the bank from the role: no argument names it.
"""

from django.db import migrations

NETWORK = """
CREATE FUNCTION public.network_figures(since date, until date) RETURNS TABLE (
    bank_id uuid, day date, site varchar, family varchar, source varchar, flow varchar, detail varchar,
    is_food boolean, is_fresh boolean, is_organic boolean, grams bigint, cents bigint, lines integer
)
LANGUAGE sql STABLE AS $$
    SELECT r.bank_id, r.day, r.site, r.family, r.source, r.flow, r.detail,
           r.is_food, r.is_fresh, r.is_organic, r.grams, r.cents, r.lines
    FROM public.federation_rollup AS r WHERE r.day BETWEEN since AND until
    UNION ALL
    SELECT d.bank_id, d.day, d.site, d.family, d.source, d.flow, d.detail,
           d.is_food, d.is_fresh, d.is_organic, d.grams, d.cents, d.lines
    FROM public.federation_delta AS d WHERE d.day BETWEEN since AND until
$$
"""
OWN = """
CREATE FUNCTION public.own_figures(since date, until date) RETURNS TABLE (
    bank_id uuid, day date, site varchar, family varchar, source varchar, flow varchar, detail varchar,
    is_food boolean, is_fresh boolean, is_organic boolean, grams bigint, cents bigint, lines integer
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT f.* FROM public.network_figures(since, until) AS f
    WHERE f.bank_id = (SELECT public.current_bank())
$$
"""


class Migration(migrations.Migration):
    dependencies = [("federation", "0002_count")]
    operations = [
        migrations.RunSQL(
            [NETWORK, OWN],
            [
                "DROP FUNCTION public.own_figures(date, date)",
                "DROP FUNCTION public.network_figures(date, date)",
            ],
        ),
    ]
