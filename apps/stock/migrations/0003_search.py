"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import kept

LOT = (
    "SELECT r.id, 'stock.lot', r.label, r.number, coalesce(nullif(r.donor_label, ''), "
    "r.origin_bank_label), r.campaign, ARRAY[r.supplier_lot], NULL::uuid, r.created_at, false FROM "
    "%1$I.stock_lot AS r"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("stock", "0002_ledger")]
    operations = [
        migrations.RunSQL(
            [
                kept(
                    "stock_lot", "number, label, donor_label, origin_bank_label, campaign, supplier_lot", LOT
                ),
            ],
            [
                "DROP TRIGGER search_kept ON stock_lot",
            ],
        )
    ]
