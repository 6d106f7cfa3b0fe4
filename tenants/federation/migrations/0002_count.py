"""The door through which a bank's ledger counts a movement, under its own name only."""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.federation_count(
    bank uuid, day date, site text, family text, source text, flow text, detail text,
    is_food boolean, is_fresh boolean, is_organic boolean, grams bigint, cents bigint
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO public.federation_delta (
        bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic, grams, cents, lines
    ) VALUES (
        bank, day, site, family, source, flow, detail, is_food, is_fresh, is_organic, grams, cents, sign(grams)
    )
$$
"""
LOCK = "REVOKE EXECUTE ON FUNCTION public.federation_count FROM PUBLIC"


class Migration(migrations.Migration):
    dependencies = [("federation", "0001_initial"), ("registry", "0002_current_bank")]
    operations = [
        migrations.RunSQL([CREATE, LOCK], ["DROP FUNCTION public.federation_count"]),
    ]
