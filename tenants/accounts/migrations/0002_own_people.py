"""The people of one bank, by the bank's own role: their name and what they do there, and nobody else's."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.own_people() RETURNS TABLE (id uuid, label varchar, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT person.id, coalesce(nullif(person.full_name, ''), person.email), hat.role
    FROM public.accounts_membership AS hat JOIN public.accounts_user AS person ON person.id = hat.user_id
    WHERE hat.bank_id = (SELECT public.current_bank()) AND hat.ended_at IS NULL AND person.is_active
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("registry", "0002_current_bank")]
    operations = [migrations.RunSQL([CREATE], ["DROP FUNCTION public.own_people()"])]
