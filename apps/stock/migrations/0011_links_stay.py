"""What a lot was made of never changes: links are append-only, like the movements they name."""

from django.db import migrations

TRIGGERS = [
    """CREATE TRIGGER lotlink_frozen BEFORE UPDATE OR DELETE ON stock_lotlink
       FOR EACH ROW EXECUTE FUNCTION stock_ledger_frozen()""",
    """CREATE TRIGGER lotlink_kept BEFORE TRUNCATE ON stock_lotlink
       EXECUTE FUNCTION stock_ledger_frozen()""",
]


class Migration(migrations.Migration):
    dependencies = [("stock", "0010_lineage")]
    operations = [
        migrations.RunSQL(
            TRIGGERS,
            ["DROP TRIGGER lotlink_kept ON stock_lotlink", "DROP TRIGGER lotlink_frozen ON stock_lotlink"],
        )
    ]
