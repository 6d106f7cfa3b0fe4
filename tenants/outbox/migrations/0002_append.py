"""The door through which a bank writes to the shared outbox, under its own name only."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.outbox_append(fact text, handler text, payload jsonb) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO public.outbox_outboxmessage (bank_id, fact, handler, payload)
    VALUES (public.current_bank(), fact, handler, payload) RETURNING id
$$
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("registry", "0002_current_bank")]
    operations = [migrations.RunSQL([CREATE], ["DROP FUNCTION public.outbox_append(text, text, jsonb)"])]
