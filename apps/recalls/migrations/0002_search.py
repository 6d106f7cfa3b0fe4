"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import kept

RECALLCASE = (
    "SELECT r.id, 'recalls.recallcase', r.title, r.number, r.brand, r.reference, "
    "ARRAY[]::text[], NULL::uuid, r.opened_at, false FROM %1$I.recalls_recallcase AS r"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("recalls", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [kept("recalls_recallcase", "number, title, brand, reference", RECALLCASE)],
            ["DROP TRIGGER search_kept ON recalls_recallcase"],
        )
    ]
