"""The history of a bank's life and the proof of its erasure are written once and never change."""

from django.db import migrations

GUARD = """
CREATE FUNCTION public.registry_written_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
EVENTS = """
CREATE TRIGGER registry_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON public.registry_bankevent
FOR EACH STATEMENT EXECUTE FUNCTION public.registry_written_once()
"""
PROOFS = """
CREATE TRIGGER registry_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON public.registry_erasureproof
FOR EACH STATEMENT EXECUTE FUNCTION public.registry_written_once()
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_lifecycle")]
    operations = [
        migrations.RunSQL(
            [GUARD, EVENTS, PROOFS],
            [
                "DROP TRIGGER registry_written_once ON public.registry_erasureproof",
                "DROP TRIGGER registry_written_once ON public.registry_bankevent",
                "DROP FUNCTION public.registry_written_once()",
            ],
        ),
    ]
