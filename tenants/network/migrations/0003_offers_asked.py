"""Which offers were put to the bank of the connection: the base of what it may read of them."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.offers_asked() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT step.offer_id FROM public.network_routingstep AS step
    WHERE step.bank_id = (SELECT public.current_bank())
$$
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0002_transit")]
    operations = [migrations.RunSQL([CREATE], ["DROP FUNCTION public.offers_asked()"])]
