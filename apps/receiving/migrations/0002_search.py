"""Keep the search entries of this stage in step with its rows."""

from django.db import migrations

from apps.kernel.migrations._search import following, kept

GOODSRECEIPT = (
    "SELECT r.id, 'receiving.goodsreceipt', donor.name, coalesce(r.number, ''), '', r.campaign, "
    "ARRAY[]::text[], NULL::uuid, r.created_at, false FROM %1$I.receiving_goodsreceipt AS r JOIN "
    "%1$I.donors_donor AS donor ON donor.id = r.donor_id"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search"), ("receiving", "0001_initial"), ("donors", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                kept("receiving_goodsreceipt", "number, donor_id, campaign", GOODSRECEIPT),
                following("donors_donor", "donor_id", "receiving_goodsreceipt", GOODSRECEIPT),
            ],
            [
                "DROP TRIGGER search_kept ON receiving_goodsreceipt",
                "DROP TRIGGER search_receiving_goodsreceipt ON donors_donor",
            ],
        )
    ]
