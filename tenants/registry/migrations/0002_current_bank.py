"""The bank of a connection, taken from its role: no argument can name another."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.current_bank() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT bank.id FROM public.registry_foodbank AS bank
    WHERE bank.schema_name = split_part(current_setting('role'), ':', 2)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunSQL([CREATE], ["DROP FUNCTION public.current_bank()"])]
