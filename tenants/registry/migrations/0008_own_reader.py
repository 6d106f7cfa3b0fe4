"""The language that a person of one bank reads, by the bank's own role: for letters to an address it knows."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.own_reader(address text) RETURNS varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT person.language
    FROM public.accounts_membership AS hat JOIN public.accounts_user AS person ON person.id = hat.user_id
    WHERE hat.bank_id = (SELECT public.current_bank()) AND hat.ended_at IS NULL AND person.is_active
      AND lower(person.email) = lower(address) AND person.language <> ''
    LIMIT 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_erased_names"), ("accounts", "0004_open_sessions")]
    operations = [migrations.RunSQL([CREATE], ["DROP FUNCTION public.own_reader(text)"])]
