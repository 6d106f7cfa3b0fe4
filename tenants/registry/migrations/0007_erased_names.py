"""The row of an erased bank keeps a number where its name was: readers are told the rest in their language."""

from django.db import migrations

NUMBERED = """
UPDATE public.registry_foodbank SET name = right(replace(id::text, '-', ''), 8)
WHERE status = 'erased' AND name = 'Erased bank ' || right(replace(id::text, '-', ''), 8)
"""
NAMED = "UPDATE public.registry_foodbank SET name = 'Erased bank ' || name WHERE status = 'erased'"


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_bankstep_failure")]
    operations = [migrations.RunSQL(NUMBERED, NAMED)]
